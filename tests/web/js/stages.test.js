import assert from "node:assert/strict";
import { test } from "node:test";
import { stage, words } from "../../../src/allo/web/js/public/stages.js";

test("the telephone's own state comes first, the centre's word refines a conversation", () => {
  assert.equal(stage({ line: "starting", said: "talking" }), "starting");
  assert.equal(stage({ line: "ended", said: "talking" }), "ended");
  assert.equal(stage({ line: "talking", said: "" }), "greeted");
  assert.deepEqual(["greeted", "waiting", "talking", "held", "lost"].map((said) => stage({ line: "talking", said })),
    ["greeted", "waiting", "talking", "held", "held"]);
});

test("a waiting visitor hears how many are before", () => {
  assert.match(words("waiting", { place: 1 }).text, /next/);
  assert.match(words("waiting", { place: 2 }).text, /^1 caller is/);
  assert.match(words("waiting", { place: 4 }).text, /^3 callers are/);
  assert.match(words("waiting").text, /free specialist/);
});

test("the end says why when there is a reason", () => {
  assert.equal(words("ended", { why: "No connection." }).text, "No connection.");
  assert.match(words("ended").text, /Thank you/);
});
