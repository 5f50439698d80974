import assert from "node:assert/strict";
import test from "node:test";
import { legendParts, tickLabels } from "../../../src/allo/web/js/reports/figures.js";

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
