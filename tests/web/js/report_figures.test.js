import assert from "node:assert/strict";
import test from "node:test";
import { legendParts, stackedLegend, stackedSums, tickLabels } from "../../../src/allo/web/js/reports/figures.js";

const shown = {
  labels: ["09:00–09:30", "09:30–10:00"], entered: [1200, 3], answered: [1100, 2], level: [0.875, null], goal: 0.8,
  words: { entered: "Entered", answered: "Answered", level: "Service level", goal: "Goal" },
};
const texts = (parts) => parts.map((part) => part.text.replaceAll("\u00a0", " "));

test("an axis labels whole places only", () => {
  assert.deepEqual(tickLabels(["a", "b"], [-1, 0, 0.5, 1, 2]), ["", "a", "", "b", ""]);
});

test("the legend names the series", () => {
  assert.deepEqual(texts(legendParts(shown, null, "en")), ["Entered", "Answered", "Service level", "Goal 80%"]);
  assert.deepEqual(texts(legendParts({ ...shown, goal: null }, null, "en")), ["Entered", "Answered", "Service level"]);
});

test("pointing at a place gives its figures in the reader's manner", () => {
  assert.deepEqual(texts(legendParts(shown, 0, "en")), ["09:00–09:30", "Entered 1,200", "Answered 1,100", "Service level 88%", "Goal 80%"]);
  assert.equal(texts(legendParts(shown, 0, "ru"))[3], "Service level 88 %");
});

test("a figure that does not exist is a dash", () => {
  assert.equal(texts(legendParts(shown, 1, "en"))[3], "Service level –");
});

const layers = {
  labels: ["09:00", "09:30"],
  series: [
    { kind: "on-call", label: "On a call", values: [1, 2.25] },
    { kind: "lost", label: "Otherwise", values: [0, 0] },
    { kind: "ready", label: "Ready", values: [3, 0] },
  ],
};

test("layers stand on top of each other", () => {
  assert.deepEqual(stackedSums(layers.series), [[1, 2.25], [1, 2.25], [4, 2.25]]);
  assert.deepEqual(stackedSums([]), []);
});

test("the legend of layers leaves out what is nowhere, and says figures where one points", () => {
  assert.deepEqual(texts(stackedLegend(layers, null, "en")), ["On a call", "Ready"]);
  assert.deepEqual(texts(stackedLegend(layers, 1, "ru")), ["09:30", "On a call 2,3", "Ready 0"]);
});
