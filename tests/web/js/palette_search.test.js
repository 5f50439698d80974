import assert from "node:assert/strict";
import { test } from "node:test";
import { fitness, search } from "../../../src/allo/web/js/palette_search.js";

const titles = (query, all) => search(query, all.map((title) => ({ title }))).map(({ title }) => title);

test("nothing typed shows everything in its order", () => {
  assert.deepEqual(titles("", ["Desk", "Floor"]), ["Desk", "Floor"]);
});

test("the start of the title beats the start of a word, which beats the middle", () => {
  assert.deepEqual(titles("br", ["Embrace", "Take a break", "Breaks"]), ["Breaks", "Take a break", "Embrace"]);
});

test("every word typed must begin a word of the title", () => {
  assert.equal(fitness("add que", "Add a queue"), 3);
  assert.equal(fitness("add xyz", "Add a queue"), 0);
});

test("Russian is found without regard to case and ё", () => {
  assert.deepEqual(titles("отчет", ["Отчёты", "Очереди"]), ["Отчёты"]);
});

test("an empty list gives an empty answer", () => {
  assert.deepEqual(titles("x", []), []);
});
