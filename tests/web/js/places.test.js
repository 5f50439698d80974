// What the desk fetches once: tried again until the server is back, dropped when it is no longer wanted.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

let answers;
let asked;


const place = (url) => ({
  dataset: { load: url }, isConnected: true, innerHTML: "", querySelectorAll: () => [], replaceChildren() { this.innerHTML = "emptied"; },
});
const root = (...places) => ({
  querySelector: () => null,
  querySelectorAll: (what) => (what.startsWith("[data-load]") ? places.filter((one) => !one.dataset.started) : []),
});

async function pass(ms) {
  mock.timers.tick(ms);
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  [answers, asked] = [[], []];
  globalThis.document = { body: new EventTarget(), documentElement: { lang: "en" } };
  globalThis.fetch = async (url) => {
    asked.push(url);
    const answer = answers.shift() ?? 200;
    if (answer === "offline") throw new TypeError("no connection");
    return { ok: answer === 200, status: answer, text: async () => `text of ${url}` };
  };
});

afterEach(() => mock.timers.reset());

const { fillPlaces, renewHistory } = await import("../../../src/allo/web/js/desk/places.js");

test("a place is filled once, however often the live part comes", async () => {
  const one = place("/form");
  fillPlaces(root(one));
  fillPlaces(root(one));
  await pass(0);
  assert.equal(one.innerHTML, "text of /form");
  assert.deepEqual(asked, ["/form"]);
});

test("it is tried again until the server is back", async () => {
  const one = place("/form");
  answers = ["offline", 502];
  fillPlaces(root(one));
  await pass(0);
  await pass(1600);
  assert.equal(one.innerHTML, "");
  await pass(1600);
  assert.equal(one.innerHTML, "text of /form");
  assert.equal(asked.length, 3);
});

test("a form asks for the outcomes anew when other ones are listed, and until it has them", async () => {
  let listed = "1 Solved";
  const form = { dataset: { outcome: "/outcome", listed } };
  const desk = {
    querySelector: () => ({ textContent: listed }),
    querySelectorAll: (what) => (what === "form[data-listed]" ? [form] : []),
  };
  fillPlaces(desk);
  assert.deepEqual(asked, []);
  listed = "1 Solved\n2 Sold";
  answers = ["offline", 502];
  fillPlaces(desk);
  fillPlaces(desk);
  await pass(0);
  assert.deepEqual(asked, ["/outcome"], "once at a time");
  fillPlaces(desk);
  await pass(0);
  assert.equal(asked.length, 2);
  assert.equal(form.dataset.listed, "1 Solved");
});

test("a place that has left the page is not fetched again", async () => {
  const one = place("/form");
  answers = ["offline"];
  fillPlaces(root(one));
  await pass(0);
  one.isConnected = false;
  await pass(5000);
  assert.equal(asked.length, 1);
});

test("after a sign-in that ran out it waits for the new one", async () => {
  const one = place("/form");
  answers = [401];
  let isAsked = false;
  document.body.addEventListener("allo:signed-out", () => { isAsked = true; });
  fillPlaces(root(one));
  await pass(60_000);
  assert.ok(isAsked);
  assert.equal(asked.length, 1);
  document.body.dispatchEvent(new Event("allo:signed-in"));
  await pass(0);
  assert.equal(one.innerHTML, "text of /form");
});

test("what does not exist leaves the place empty", async () => {
  const one = place("/gone");
  answers = [404];
  fillPlaces(root(one));
  await pass(0);
  assert.equal(one.innerHTML, "emptied");
});

const line = (id, recording = false) => ({
  id, recording, querySelector(what) { return what === "[data-recording]" && this.recording ? {} : null; },
});

function list(...lines) {
  const box = {
    children: [...lines], isComing: false,
    prepend(one) { box.children.unshift(one); },
    querySelector: () => box.children.find(({ id }) => id),
    querySelectorAll: () => box.children.filter(({ id }) => !id),
    toggleAttribute(_name, is) { box.isComing = is; },
    hasAttribute: () => box.isComing,
  };
  for (const one of lines) adopt(box, one);
  return box;
}

function adopt(box, one) {
  one.after = (next) => { box.children.splice(box.children.indexOf(one) + 1, 0, next); adopt(box, next); };
  one.replaceWith = (next) => { box.children[box.children.indexOf(one)] = next; adopt(box, next); };
  one.remove = () => { box.children.splice(box.children.indexOf(one), 1); };
}

test("a list of past calls gets new lines and sounds, and keeps what is listened to", async () => {
  const [heard, silent] = [line("past-2", true), line("past-1")];
  const shown = list(heard, silent);
  document.getElementById = (id) => shown.children.find((one) => one.id === id) ?? null;
  const fresh = list(line("past-3"), line("past-2", true), line("past-1", true));
  fresh.isComing = true;
  renewHistory(shown, fresh);
  assert.deepEqual(shown.children.map(({ id, recording }) => [id, recording]), [["past-3", false], ["past-2", true], ["past-1", true]]);
  assert.equal(shown.children[1], heard);
  assert.notEqual(shown.children[2], silent);
  assert.ok(shown.isComing);
});

test("the words of an empty list go with the first call", () => {
  const shown = list(line(""));
  document.getElementById = (id) => shown.children.find((one) => one.id === id) ?? null;
  renewHistory(shown, list(line("past-1")));
  assert.deepEqual(shown.children.map(({ id }) => id), ["past-1"]);
});
