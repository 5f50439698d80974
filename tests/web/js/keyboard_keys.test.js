import assert from "node:assert/strict";
import { test } from "node:test";
import { isTyping, keyName, typesNothing } from "../../../src/allo/web/js/keyboard_keys.js";

test("a key means the same on a Russian layout", () => {
  assert.equal(keyName({ key: "к", code: "KeyR" }), "r");
  assert.equal(keyName({ key: "R", code: "KeyR" }), "r");
});

test("the question mark is found on both layouts", () => {
  assert.equal(keyName({ key: "?", code: "Slash" }), "?");
  assert.equal(keyName({ key: ",", code: "Slash" }), "?");
});

test("named keys keep their names", () => {
  assert.equal(keyName({ key: "Escape", code: "Escape" }), "Escape");
  assert.equal(keyName({ key: "!", code: "Digit1" }), "1");
});

test("typing is told from pressing buttons", () => {
  assert.equal(isTyping({ tagName: "TEXTAREA" }), true);
  assert.equal(isTyping({ tagName: "INPUT", type: "text" }), true);
  assert.equal(isTyping({ tagName: "INPUT", type: "checkbox" }), false);
  assert.equal(isTyping({ tagName: "DIV", isContentEditable: true }), true);
  assert.equal(isTyping(null), false);
});

test("keys of the telephone work while a note is typed", () => {
  assert.deepEqual(["F2", "F12", "Escape", "f", "F", "2", "Enter"].map(typesNothing),
    [true, true, true, false, false, false, false]);
});
