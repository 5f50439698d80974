// What the desk fetches once: tried again until the server is back, dropped when it is no longer wanted.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

let answers;
let asked;


const place = (url) => ({
  dataset: { load: url }, isConnected: true, innerHTML: "", querySelectorAll: () => [], replaceChildren() { this.innerHTML = "emptied"; },
});
const root = (...places) => ({ querySelectorAll: () => places.filter((one) => !one.dataset.started) });

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

const { fillPlaces } = await import("../../../src/allo/web/js/desk/places.js");

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
