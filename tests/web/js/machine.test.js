import assert from "node:assert/strict";
import { test } from "node:test";
import { START, next } from "../../../src/allo/web/js/phone/machine.js";

/** Runs events from a state; returns the last state and all deeds. */
function run(events, from = START) {
  const deeds = [];
  let state = from;
  for (const event of events) {
    const [after, todo] = next(state, typeof event === "string" ? { type: event } : event);
    state = after;
    deeds.push(...todo);
  }
  return { state, deeds };
}

const RING = { type: "invite", leg: "c1-a1", call: "c1", isAuto: false };
const BACK = { type: "invite", leg: "c1-a2", call: "c1", isAuto: true };
const registered = run(["start", "registered"]).state;
const talking = run([RING, "accept", { type: "confirmed", leg: "c1-a1" }], registered).state;

test("a page claims the phone, connects, and asks for a running call", () => {
  const { state, deeds } = run(["start", "registered"]);
  assert.equal(state.line, "registered");
  assert.deepEqual(deeds, ["claim", "connect", "attach"]);
});

test("a ringing call is accepted once, however often the key is pressed", () => {
  const { state, deeds } = run([RING, "accept", "accept", { type: "confirmed", leg: "c1-a1" }, "accept"], registered);
  assert.deepEqual(deeds, ["ring", "stopRing", "answer"]);
  assert.deepEqual([state.talk, state.leg, state.call], ["talking", "c1-a1", "c1"]);
});

test("a declined call is over at once", () => {
  const { state, deeds } = run([RING, "decline", "decline"], registered);
  assert.deepEqual(deeds, ["ring", "stopRing", "reject"]);
  assert.equal(state.talk, "none");
});

test("a second call is refused while one rings or talks", () => {
  const other = { type: "invite", leg: "c2-a1", call: "c2", isAuto: false };
  assert.deepEqual(run([RING, other], registered).deeds, ["ring", "rejectNew"]);
  assert.deepEqual(run([other], talking), { state: talking, deeds: ["rejectNew"] });
});

test("a reloaded page answers by itself when its own conversation is brought back", () => {
  const { state, deeds } = run(["start", "registered", BACK, { type: "confirmed", leg: "c1-a2" }]);
  assert.deepEqual(deeds, ["claim", "connect", "attach", "answer"]);
  assert.equal(state.talk, "talking");
});

test("when sound is lost the centre is asked for a new leg, which replaces the old one", () => {
  const { state, deeds } = run(["mediaLost", BACK, { type: "ended", leg: "c1-a1" }, { type: "confirmed", leg: "c1-a2" }], talking);
  assert.deepEqual(deeds, ["attach", "stopRing", "forgetOld", "answer"]);
  assert.deepEqual([state.talk, state.leg], ["talking", "c1-a2"]);
});

test("sound that comes back by itself needs nothing", () => {
  assert.equal(run(["mediaLost", "mediaBack"], talking).state.talk, "talking");
});

test("a conversation outlives the websocket and is told the new address", () => {
  const lost = run(["socketLost"], talking);
  assert.deepEqual([lost.state.line, lost.state.talk], ["lost", "talking"]);
  assert.deepEqual(run(["registered"], lost.state).deeds, ["renegotiate"]);
});

test("a call that rings when the websocket breaks is forgotten", () => {
  const { state, deeds } = run([RING, "socketLost"], registered);
  assert.deepEqual(deeds, ["ring", "stopRing", "drop"]);
  assert.deepEqual([state.line, state.talk], ["lost", "none"]);
});

test("refused credentials are renewed", () => {
  const { state, deeds } = run(["refused", "registered"], registered);
  assert.deepEqual(deeds, ["renew", "attach"]);
  assert.equal(state.line, "registered");
});

test("another tab takes the phone, and this one can take it back", () => {
  const { state, deeds } = run(["taken", "registered", "socketLost"], talking);
  assert.deepEqual([state.line, state.talk], ["taken", "none"]);
  assert.deepEqual(deeds, ["stopRing", "leave"]);
  assert.deepEqual(run(["useHere", "useHere", "registered"], state).deeds, ["claim", "connect", "attach"]);
});

test("a phone that was given away refuses what still arrives", () => {
  const { state } = run(["taken"], registered);
  assert.deepEqual(run([RING], state), { state, deeds: ["rejectNew"] });
});

test("mute is told to the centre and kept over a new leg", () => {
  const muted = run(["toggleMute"], talking);
  assert.deepEqual(muted.deeds, ["mute", "tellMuted"]);
  const back = run(["mediaLost", BACK, { type: "confirmed", leg: "c1-a2" }], muted.state);
  assert.equal(back.deeds.at(-1), "mute");
  assert.deepEqual(run(["toggleMute"], back.state).deeds, ["unmute", "tellMuted"]);
  assert.equal(run([{ type: "ended", leg: "c1-a2" }], back.state).state.isMuted, false);
});

test("a reloaded page that was muted comes back muted", () => {
  const { state, deeds } = run([{ ...BACK, isMuted: true }, { type: "confirmed", leg: "c1-a2" }], registered);
  assert.deepEqual([state.isMuted, deeds.at(-1)], [true, "mute"]);
  assert.equal(run([{ ...RING, isMuted: true }], registered).state.isMuted, false);
});

test("keys that make no sense now do nothing", () => {
  for (const event of ["accept", "decline", "toggleMute", "hangUp", "mediaLost", "mediaBack", "ended"]) {
    assert.deepEqual(run([event], registered), { state: registered, deeds: [] }, event);
  }
});

test("the end of an old leg does not end the new one", () => {
  assert.equal(run([{ type: "ended", leg: "c0-a1" }], talking).state.talk, "talking");
  assert.equal(run([{ type: "ended", leg: "c1-a1" }], talking).state.talk, "none");
});

test("the centre's word that nothing is there ends what only we believe in", () => {
  const { state, deeds } = run(["nothingThere"], talking);
  assert.deepEqual(deeds, ["stopRing", "drop"]);
  assert.equal(state.talk, "none");
});

test("an unknown event is a mistake of ours", () => {
  assert.throws(() => next(START, { type: "dance" }), /dance/);
});
