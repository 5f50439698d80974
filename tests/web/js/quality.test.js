import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, fromRoundTrips, judge, rating } from "../../../src/allo/web/js/phone/quality.js";

test("a home line without loss is excellent", () => {
  assert.deepEqual(judge({ rttMs: 30, jitterMs: 2, loss: 0 }), { word: "excellent", bars: 5 });
});

test("loss and delay each make it worse, both together worst", () => {
  const clean = rating({ rttMs: 40, jitterMs: 2, loss: 0 });
  const lossy = rating({ rttMs: 40, jitterMs: 2, loss: 0.03 });
  const late = rating({ rttMs: 700, jitterMs: 2, loss: 0 });
  assert.ok(clean > lossy && clean > late);
  assert.ok(rating({ rttMs: 700, jitterMs: 2, loss: 0.03 }) < Math.min(lossy, late));
  assert.equal(judge({ rttMs: 900, jitterMs: 80, loss: 0.2 }).word, "bad");
});

test("words go down with loss, one after another", () => {
  const words = [0, 0.006, 0.012, 0.025, 0.08].map((loss) => judge({ rttMs: 20, jitterMs: 1, loss }).word);
  assert.deepEqual(words, ["excellent", "good", "fair", "weak", "bad"]);
});

test("nothing measured is unknown", () => {
  assert.deepEqual(judge(null), { word: "unknown", bars: 0 });
  assert.equal(judge({ rttMs: 20, jitterMs: 1, loss: 0, isSilent: true }).word, "unknown");
  assert.equal(judge({ rttMs: 20, jitterMs: 1, loss: 1, isSilent: true }).word, "bad");
});

test("two reports give what happened between them", () => {
  const report = (received, lost) => new Map([
    ["a", { type: "inbound-rtp", kind: "audio", packetsReceived: received, packetsLost: lost, jitter: 0.004 }],
    ["b", { type: "remote-inbound-rtp", roundTripTime: 0.06 }],
  ]);
  const found = compare(report(100, 10), report(190, 20));
  assert.deepEqual([found.loss, found.jitterMs, found.rttMs, found.isSilent], [0.1, 4, 60, false]);
  assert.equal(compare(report(190, 20), report(190, 20)).isSilent, true);
  assert.equal(compare(null, new Map()), null);
});

test("packets that arrive late after all do not count as negative loss", () => {
  const report = (lost) => ({ a: { type: "inbound-rtp", kind: "audio", packetsReceived: 50, packetsLost: lost } });
  assert.equal(compare(report(5), report(3)).loss, 0);
});

test("round trips before a call: the middle one and how they scatter", () => {
  assert.deepEqual(fromRoundTrips([10, 30, 20]), { rttMs: 20, jitterMs: 20 / 3, loss: 0 });
  assert.equal(fromRoundTrips([]), null);
});
