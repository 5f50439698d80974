import assert from "node:assert/strict";
import { test } from "node:test";
import { START, next } from "../../../src/allo/web/js/floor/leader_machine.js";

const LISTEN = { type: "press", what: "listen", call: "c1" };
const line = (name) => ({ type: "line", line: name });

/** Runs events; returns the last state and the deeds as words. */
function run(events, from = START) {
  const deeds = [];
  let state = from;
  for (const event of events) {
    const [after, todo] = next(state, event);
    state = after;
    deeds.push(...todo.map(({ deed, wish }) => (wish ? `${deed} ${wish.what} ${wish.call}` : deed)));
  }
  return { state, deeds };
}

test("with the phone connected a press asks at once", () => {
  const { state, deeds } = run([line("connecting"), line("registered"), LISTEN]);
  assert.deepEqual(deeds, ["ask listen c1"]);
  assert.equal(state.wish, null);
});

test("with the phone off it is opened first, and asked once when it is there", () => {
  const { deeds } = run([LISTEN, line("connecting"), line("registered"), line("lost"), line("registered")]);
  assert.deepEqual(deeds, ["openPhone", "startWaiting", "stopWaiting", "ask listen c1"]);
});

test("a phone in another window is brought here", () => {
  const { deeds } = run([line("taken"), LISTEN, line("connecting"), line("registered")]);
  assert.deepEqual(deeds, ["useHere", "startWaiting", "stopWaiting", "ask listen c1"]);
});

test("the last press counts", () => {
  const { deeds } = run([line("connecting"), LISTEN, { type: "press", what: "barge", call: "c2" }, line("registered")]);
  assert.deepEqual(deeds, ["startWaiting", "startWaiting", "stopWaiting", "ask barge c2"]);
});

test("nobody begins to listen minutes later", () => {
  const { state, deeds } = run([LISTEN, { type: "waitedTooLong" }, line("registered")]);
  assert.deepEqual(deeds, ["openPhone", "startWaiting", "sayTooLong"]);
  assert.equal(state.line, "registered");
  assert.deepEqual(run([{ type: "waitedTooLong" }]).deeds, []);
});

test("without a microphone the wish is dropped; the sentence stands on the page already", () => {
  assert.deepEqual(run([LISTEN, { type: "noMicrophone" }, line("registered")]).deeds, ["openPhone", "startWaiting", "stopWaiting"]);
  assert.deepEqual(run([{ type: "noMicrophone" }]).deeds, []);
});

test("an event that nobody knows is a fault", () => {
  assert.throws(() => next(START, { type: "dance" }), /dance/);
});
