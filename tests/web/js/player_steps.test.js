import assert from "node:assert/strict";
import test from "node:test";
import { nextSpeed, seekBy, speedWord } from "../../../src/allo/web/js/player_steps.js";

test("speeds go around", () => {
  const seen = [1];
  for (let count = 0; count < 4; count += 1) seen.push(nextSpeed(seen.at(-1)));
  assert.deepEqual(seen, [1, 1.25, 1.5, 2, 1]);
});

test("a speed is written as the reader writes numbers", () => {
  assert.equal(speedWord(1.5, "en"), "1.5×");
  assert.equal(speedWord(1.5, "ru"), "1,5×");
});

test("keys lead on and back and never out of the recording", () => {
  assert.equal(seekBy("ArrowRight", 10, 60), 15);
  assert.equal(seekBy("ArrowLeft", 3, 60), 0);
  assert.equal(seekBy("PageUp", 50, 60), 60);
  assert.equal(seekBy("PageDown", 50, 60), 20);
  assert.equal(seekBy("Home", 50, 60), 0);
  assert.equal(seekBy("End", 50, 60), 60);
});

test("other keys are not the player's", () => {
  for (const key of ["a", "Escape", "Tab", "toString"]) assert.equal(seekBy(key, 10, 60), null);
});
