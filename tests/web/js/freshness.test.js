import assert from "node:assert/strict";
import test from "node:test";
import { Freshness } from "../../../src/allo/web/js/freshness.js";

test("a page is fresh while beats come, and counts the seconds when they do not", () => {
  const freshness = new Freshness();
  freshness.beat(10_000, 500, null);
  assert.deepEqual(freshness.look(12_000), { isStale: false, cause: null, seconds: 0 });
  assert.deepEqual(freshness.look(17_300), { isStale: true, cause: "link", seconds: 7 });
  freshness.beat(18_000, 508, null);
  assert.equal(freshness.look(18_100).isStale, false);
});

test("a page that never heard a beat becomes stale too", () => {
  const freshness = new Freshness();
  assert.equal(freshness.look(1_000).isStale, false);
  assert.deepEqual(freshness.look(9_000), { isStale: true, cause: "link", seconds: 8 });
});

test("with control away it says for how long, by the server's clock", () => {
  const freshness = new Freshness();
  freshness.beat(1_000, 500, 499.5);
  assert.equal(freshness.look(1_100).isStale, false);
  freshness.beat(3_000, 505, 499.5);
  assert.deepEqual(freshness.look(4_000), { isStale: true, cause: "control", seconds: 6 });
});
