// The outcome form: what is typed reaches the server, whatever happens in between.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

class Element extends EventTarget {
  constructor() {
    super();
    this.dataset = {};
    this.textContent = "";
    this.value = "";
    this.isConnected = true;
    this.attributes = {};
    this.offsetParent = null;
    this.classList = { add() {} };
  }
  setAttribute(name, value) { this.attributes[name] = value; }
  addEventListener(name, tell, options) { super.addEventListener(name, tell, options); }
  append(text) { this.textContent += text; }
  remove() {}
}

function makeForm(note = "", chosen = "") {
  const form = new Element();
  form.dataset = { call: "c.1", draft: "/draft", outcome: "/outcome" };
  const parts = { "[data-kept]": new Element(), "[type=submit]": new Element() };
  const radios = ["1", "2"].map((value) => Object.assign(new Element(), { value, checked: value === chosen }));
  const disposition = { get value() { return radios.find((one) => one.checked)?.value ?? ""; } };
  form.elements = { note: Object.assign(new Element(), { value: note }), disposition };
  form.querySelector = (selector) => parts[selector];
  form.querySelectorAll = () => radios;
  form.words = () => parts["[data-kept]"].textContent;
  form.type = (text) => { form.elements.note.value = text; form.dispatchEvent(new Event("input")); };
  form.finish = () => { form.dispatchEvent(new Event("submit", { cancelable: true })); };
  form.radios = radios;
  return form;
}

let answers;
let asked;
let toasts;
let kept;

async function pass(ms) {
  mock.timers.tick(ms);
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  answers = [];
  asked = [];
  toasts = [];
  kept = {};
  globalThis.localStorage = {
    getItem: (key) => kept[key] ?? null,
    setItem: (key, value) => { kept[key] = value; },
    removeItem: (key) => { delete kept[key]; },
  };
  globalThis.window = new EventTarget();
  globalThis.document = {
    cookie: "", activeElement: null, body: new EventTarget(), querySelectorAll: () => [],
    createElement: () => new Element(), getElementById: () => ({ append: (note) => toasts.push(note.textContent) }),
  };
  globalThis.fetch = async (url, { body }) => {
    asked.push([url, body.get("note"), body.get("disposition")]);
    const answer = answers.shift() ?? { status: 204 };
    if (answer === "offline") throw new TypeError("no connection");
    const { status, code = "" } = answer;
    return { ok: status < 300, status, text: async () => JSON.stringify({ code, sentence: `sentence of ${code}` }) };
  };
});

afterEach(() => mock.timers.reset());

const { startOutcome } = await import("../../../src/allo/web/js/desk/outcome.js");

test("what is typed is kept at once and sent after a pause, once", async () => {
  const form = makeForm();
  startOutcome(form);
  form.type("a");
  form.type("ab");
  assert.equal(JSON.parse(kept["allo.outcome.c.1"]).note, "ab");
  assert.deepEqual(asked, []);
  await pass(700);
  assert.deepEqual(asked, [["/draft", "ab", ""]]);
  assert.equal(form.words(), "saved");
  await pass(10_000);
  assert.equal(asked.length, 1);
});

test("without a connection it says where the words are, and sends them when it is back", async () => {
  const form = makeForm();
  startOutcome(form);
  answers = ["offline", { status: 503, code: "control_away" }];
  form.type("late");
  await pass(700);
  assert.equal(form.words(), "kept on this computer");
  await pass(3100);
  await pass(3100);
  assert.equal(form.words(), "saved");
  assert.equal(asked.length, 3);
});

test("a note that is too long says so", async () => {
  const form = makeForm();
  startOutcome(form);
  answers = [{ status: 409, code: "too_long" }];
  form.type("long");
  await pass(700);
  assert.match(form.words(), /too long/);
});

test("after a reload the words that the server had not got yet are there and are sent", async () => {
  kept["allo.outcome.c.1"] = JSON.stringify({ note: "newer", disposition: "2" });
  const form = makeForm("older", "1");
  startOutcome(form);
  assert.equal(form.elements.note.value, "newer");
  assert.deepEqual(form.radios.map((one) => one.checked), [false, true]);
  await pass(700);
  assert.deepEqual(asked, [["/draft", "newer", "2"]]);
});

test("finishing twice asks once, and nothing is kept here afterwards", async () => {
  const form = makeForm();
  startOutcome(form);
  form.type("done");
  form.finish();
  form.finish();
  await pass(0);
  assert.deepEqual(asked, [["/outcome", "done", ""]]);
  assert.equal(kept["allo.outcome.c.1"], undefined);
  await pass(10_000);
  assert.equal(asked.length, 1, "no draft follows the outcome");
});

test("a refusal is told, and the form can be finished again", async () => {
  const form = makeForm();
  startOutcome(form);
  answers = [{ status: 409, code: "no_outcome" }];
  form.finish();
  await pass(0);
  assert.deepEqual(toasts, ["sentence of no_outcome"]);
  form.finish();
  await pass(0);
  assert.equal(asked.length, 2);
});

test("while control or web is away finishing goes on by itself", async () => {
  const form = makeForm();
  startOutcome(form);
  answers = [{ status: 503, code: "control_away" }, "offline"];
  form.finish();
  await pass(0);
  await pass(3100);
  await pass(3100);
  assert.equal(asked.length, 3);
});

test("a sign-in that ran out is asked for, and then it goes on", async () => {
  const form = makeForm();
  startOutcome(form);
  answers = [{ status: 401 }];
  let isAsked = false;
  document.body.addEventListener("allo:signed-out", () => { isAsked = true; });
  form.finish();
  await pass(0);
  assert.ok(isAsked);
  document.body.dispatchEvent(new Event("allo:signed-in"));
  await pass(0);
  assert.equal(asked.length, 2);
});

test("a draft does not ask again and again who has to sign in first", async () => {
  const form = makeForm();
  startOutcome(form);
  answers = [{ status: 401 }];
  form.type("typed");
  await pass(700);
  await pass(60_000);
  assert.equal(asked.length, 1);
  document.body.dispatchEvent(new Event("allo:signed-in"));
  await pass(0);
  assert.equal(form.words(), "saved");
});

test("another tab's words appear, but never under the cursor", async () => {
  const form = makeForm();
  startOutcome(form);
  const tell = (note) => {
    const event = new Event("storage");
    window.dispatchEvent(Object.assign(event, { key: "allo.outcome.c.1", newValue: JSON.stringify({ note, disposition: "" }) }));
  };
  tell("from the other tab");
  assert.equal(form.elements.note.value, "from the other tab");
  document.activeElement = form.elements.note;
  tell("again");
  assert.equal(form.elements.note.value, "from the other tab");
});
