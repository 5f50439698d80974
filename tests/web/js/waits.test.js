import assert from "node:assert/strict";
import test from "node:test";
import { TARGET_AT, bar } from "../../../src/allo/web/js/floor/waits.js";

test("a wait at its target reaches the line", () => {
  assert.deepEqual(bar(20, 20), { height: TARGET_AT, isLate: false });
  assert.equal(bar(10, 20).height, TARGET_AT / 2);
});

test("beyond the target a bar is late, grows on and stays in its box", () => {
  const heights = [21, 40, 400, 40_000].map((wait) => bar(wait, 20));
  assert.ok(heights.every(({ isLate, height }) => isLate && height < 1));
  assert.deepEqual([...heights].sort((a, b) => a.height - b.height), heights);
});

test("who has just come can be seen, and a clock that runs behind does no harm", () => {
  assert.equal(bar(0, 20).height, 0.06);
  assert.equal(bar(-5, 20).height, 0.06);
  assert.ok(Number.isFinite(bar(5, 0).height));
});
