// Every pair of state and event of the telephone, written out. What is not listed changes nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { next } from "../../../src/allo/web/js/phone/machine.js";

const EVENTS = {
  start: {}, registered: {}, socketLost: {}, refused: {}, accept: {}, decline: {}, confirmed: { leg: "c1-a1" }, mediaLost: {},
  mediaBack: {}, ended: { leg: "c1-a1" }, hangUp: {}, toggleMute: {}, nothingThere: {}, taken: {}, useHere: {}, stop: {},
  ring: { type: "invite", leg: "c2-a1", call: "c2", isAuto: false },
  back: { type: "invite", leg: "c1-a9", call: "c1", isAuto: true },
};

const TABLE = `
  off none
    start         → connecting none: claim, connect
    ring          → off none: rejectNew
    back          → off none: rejectNew
    stop          → off none: stopRing, disconnect
  connecting none
    registered    → registered none: attach
    socketLost    → lost none
    refused       → refused none: renew
    ring          → connecting ringing c2-a1: ring
    back          → connecting answering c1-a9: answer
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
  registered none
    registered    → registered none: attach
    socketLost    → lost none
    refused       → refused none: renew
    ring          → registered ringing c2-a1: ring
    back          → registered answering c1-a9: answer
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
  lost none
    registered    → registered none: attach
    refused       → refused none: renew
    ring          → lost ringing c2-a1: ring
    back          → lost answering c1-a9: answer
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
  refused none
    registered    → registered none: attach
    socketLost    → lost none
    refused       → refused none: renew
    ring          → refused ringing c2-a1: ring
    back          → refused answering c1-a9: answer
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
  taken none
    ring          → taken none: rejectNew
    back          → taken none: rejectNew
    useHere       → connecting none: claim, connect
    stop          → off none: stopRing, disconnect
  registered ringing
    registered    → registered ringing: attach
    socketLost    → lost none: stopRing, drop
    refused       → refused ringing: renew
    ring          → registered ringing: rejectNew
    back          → registered answering c1-a9: stopRing, forgetOld, answer
    accept        → registered answering: stopRing, answer
    decline       → registered none: stopRing, reject
    ended         → registered none: stopRing
    nothingThere  → registered none: stopRing, drop
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
  registered answering
    registered    → registered answering: attach
    socketLost    → lost none: stopRing, drop
    refused       → refused answering: renew
    ring          → registered answering: rejectNew
    back          → registered answering c1-a9: stopRing, forgetOld, answer
    confirmed     → registered talking
    ended         → registered none: stopRing
    hangUp        → registered answering: askHangUp
    nothingThere  → registered none: stopRing, drop
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
  registered talking
    socketLost    → lost talking
    refused       → refused talking: renew
    ring          → registered talking: rejectNew
    back          → registered answering c1-a9: stopRing, forgetOld, answer
    mediaLost     → registered reattaching: attach
    ended         → registered none: stopRing
    hangUp        → registered talking: askHangUp
    toggleMute    → registered talking muted: mute, tellMuted
    nothingThere  → registered none: stopRing, drop
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
  registered reattaching
    registered    → registered reattaching: attach
    socketLost    → lost reattaching
    refused       → refused reattaching: renew
    ring          → registered reattaching: rejectNew
    back          → registered answering c1-a9: stopRing, forgetOld, answer
    mediaBack     → registered talking
    ended         → registered none: stopRing
    hangUp        → registered reattaching: askHangUp
    toggleMute    → registered reattaching muted: mute, tellMuted
    nothingThere  → registered none: stopRing, drop
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
  lost talking
    registered    → registered talking: renegotiate
    refused       → refused talking: renew
    ring          → lost talking: rejectNew
    back          → lost answering c1-a9: stopRing, forgetOld, answer
    mediaLost     → lost reattaching
    ended         → lost none: stopRing
    hangUp        → lost talking: askHangUp
    toggleMute    → lost talking muted: mute, tellMuted
    nothingThere  → lost none: stopRing, drop
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
  lost reattaching
    registered    → registered reattaching: attach
    refused       → refused reattaching: renew
    ring          → lost reattaching: rejectNew
    back          → lost answering c1-a9: stopRing, forgetOld, answer
    mediaBack     → lost talking
    ended         → lost none: stopRing
    hangUp        → lost reattaching: askHangUp
    toggleMute    → lost reattaching muted: mute, tellMuted
    nothingThere  → lost none: stopRing, drop
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
  refused talking
    registered    → registered talking
    socketLost    → lost talking
    refused       → refused talking: renew
    ring          → refused talking: rejectNew
    back          → refused answering c1-a9: stopRing, forgetOld, answer
    mediaLost     → refused reattaching
    ended         → refused none: stopRing
    hangUp        → refused talking: askHangUp
    toggleMute    → refused talking muted: mute, tellMuted
    nothingThere  → refused none: stopRing, drop
    taken         → taken none: stopRing, leave
    stop          → off none: stopRing, disconnect
`;

const at = (line, talk) => ({ line, talk, leg: talk === "none" ? "" : "c1-a1", call: talk === "none" ? "" : "c1", isMuted: false });

function rows() {
  const found = [];
  let from = "";
  for (const line of TABLE.split("\n").filter((one) => one.trim())) {
    if (line.startsWith("    ")) {
      const [, event, to, deeds = ""] = /^(\w+)\s+→ ([^:]+)(?:: (.*))?$/.exec(line.trim());
      found.push({ from, event, to, deeds });
    } else from = line.trim();
  }
  return found;
}

function said(state, from) {
  const leg = state.leg && state.leg !== from.leg ? ` ${state.leg}` : "";
  return `${state.line} ${state.talk}${leg}${state.isMuted ? " muted" : ""}`;
}

const STATES = [...new Set(rows().map(({ from }) => from))];

for (const name of STATES) {
  const from = at(...name.split(" "));
  test(`every event while ${name}`, () => {
    for (const [event, more] of Object.entries(EVENTS)) {
      const [to, deeds] = next(from, { type: event, ...more });
      const expected = rows().find((row) => row.from === name && row.event === event) ?? { to: name, deeds: "" };
      assert.deepEqual([event, said(to, from), deeds.join(", ")], [event, expected.to, expected.deeds]);
      assert.ok(Object.isFrozen(to));
    }
  });
}

test("a state without a conversation remembers nothing of one", () => {
  for (const name of STATES) {
    for (const [event, more] of Object.entries(EVENTS)) {
      for (const isMuted of [false, true]) {
        const [line, talk] = name.split(" ");
        const [to] = next({ ...at(line, talk), isMuted: isMuted && talk !== "none" }, { type: event, ...more });
        if (to.talk === "none") assert.deepEqual([to.leg, to.call, to.isMuted], ["", "", false], `${name}, ${event}`);
      }
    }
  }
});

test("an event of another leg does not touch the conversation", () => {
  for (const type of ["confirmed", "ended"]) {
    for (const talk of ["ringing", "answering", "talking", "reattaching"]) {
      const from = at("registered", talk);
      assert.deepEqual(next(from, { type, leg: "c0-a1" }), [from, []]);
    }
  }
});

test("a leg that replaces another keeps the mute", () => {
  const from = { ...at("registered", "reattaching"), isMuted: true };
  assert.equal(next(from, { type: "invite", ...EVENTS.back })[0].isMuted, true);
  assert.equal(next(at("registered", "none"), { ...EVENTS.back, isMuted: true })[0].isMuted, true);
  assert.equal(next(at("registered", "none"), { ...EVENTS.ring, isMuted: true })[0].isMuted, false);
});

test("an unknown event is an error of ours", () => {
  assert.throws(() => next(at("off", "none"), { type: "dance" }), /knows no event/);
});
