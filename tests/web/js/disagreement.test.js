// When the server is believed against the telephone: only about one and the same call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Disagreement } from "../../../src/allo/web/js/desk/disagreement.js";

test("what lasts is told once, and again if it goes on", () => {
  const one = new Disagreement();
  const told = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((second) => one.lasts("ghost leg-1", second * 1000));
  assert.deepEqual(told, [false, false, false, false, true, false, false, false, false, true]);
});

test("many short calls in a row, each looked at just as it begins, are no disagreement", () => {
  const one = new Disagreement();
  for (let second = 0; second < 20; second += 1) assert.equal(one.lasts(`ghost leg-${second}`, second * 1000), false);
});

test("agreeing in between begins anew", () => {
  const one = new Disagreement();
  for (let second = 0; second < 20; second += 1) assert.equal(one.lasts(second % 3 ? "lost call-1" : "", second * 1000), false);
});
