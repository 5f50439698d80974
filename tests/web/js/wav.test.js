import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, level, mixToMono, peaks, toWav } from "../../../src/allo/web/js/wav.js";

const sine = (count, loudness = 1) => Float32Array.from({ length: count }, (_, i) => loudness * Math.sin(i / 5));

test("a WAV file says its rate, its length and its samples", () => {
  const view = new DataView(toWav(Float32Array.of(0, 1, -1, 2), 16000));
  assert.equal(view.getUint32(24, true), 16000);
  assert.equal(view.getUint32(40, true), 8);
  assert.deepEqual([44, 46, 48, 50].map((at) => view.getInt16(at, true)), [0, 32767, -32767, 32767]);
});

test("cutting keeps the part between the marks, in whichever order they stand", () => {
  const samples = Float32Array.from({ length: 10 }, (_, i) => i);
  assert.deepEqual([...cut(samples, 0.2, 0.5)], [2, 3, 4]);
  assert.deepEqual([...cut(samples, 0.5, 0.2)], [2, 3, 4]);
  assert.equal(cut(samples, 1, 1).length, 1);
});

test("the level grows with loudness and is 0 in silence", () => {
  assert.equal(level(new Float32Array(100)), 0);
  assert.ok(level(sine(1000, 0.01)) < level(sine(1000, 0.1)));
  assert.ok(level(sine(1000)) <= 1);
});

test("mixing takes the mean of channels", () => {
  assert.deepEqual([...mixToMono([Float32Array.of(1, 0), Float32Array.of(0, 0.5)])], [0.5, 0.25]);
});

test("peaks are the largest values of each slice", () => {
  assert.deepEqual([...peaks(Float32Array.of(0, -1, 0.5, 0.25), 2)], [1, 0.5]);
});
