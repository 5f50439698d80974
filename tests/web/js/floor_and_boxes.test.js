import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes } from "../../../src/allo/web/js/clock.js";
import { chosenBy } from "../../../src/allo/web/js/desk/boxes.js";
import { AGAIN_MS, Reminder } from "../../../src/allo/web/js/desk/reminder.js";
import { countStates, isOfTeam } from "../../../src/allo/web/js/floor/crew.js";
import { fresh } from "../../../src/allo/web/js/floor/warnings.js";

test("minutes are whole, promise rather too much than too little, and never say zero", () => {
  assert.equal(minutes(600, 0), 10);
  assert.equal(minutes(601, 0), 11);
  assert.equal(minutes(1, 0), 1);
  assert.equal(minutes(0, 50), 1);
});

test("a digit chooses, and the key that opened the box means: no reason", () => {
  const choices = [{ dataset: { digit: "1" } }, { dataset: { digit: "2" } }, { dataset: { again: "F4" } }];
  assert.equal(chosenBy("2", choices), choices[1]);
  assert.equal(chosenBy("F4", choices), choices[2]);
  assert.equal(chosenBy("3", choices), null);
});

test("the reminder sounds at once, then again and again, and is silent when the agent is back", () => {
  const heard = [];
  let stopped = null;
  const reminder = new Reminder(() => heard.push("late"), { every: (deed, ms) => { assert.equal(ms, AGAIN_MS); return deed; }, stop: (timer) => { stopped = timer; } });
  reminder.follow(false);
  reminder.follow(true);
  reminder.follow(true);
  assert.deepEqual(heard, ["late"]);
  reminder.timer();
  assert.deepEqual(heard, ["late", "late"]);
  reminder.follow(false);
  assert.notEqual(stopped, null);
  assert.equal(reminder.timer, null);
  reminder.follow(true);
  assert.equal(heard.length, 3);
});

test("a team shows its own, no team shows all, an empty team shows nobody", () => {
  assert.equal(isOfTeam("agents-5", null), true);
  assert.equal(isOfTeam("agents-5", new Set(["5", "6"])), true);
  assert.equal(isOfTeam("agents-7", new Set(["5", "6"])), false);
  assert.equal(isOfTeam("agents-7", new Set([""])), false);
});

test("only what is new sounds", () => {
  assert.deepEqual(fresh(new Set(["alert-a"]), ["alert-a", "alert-b"]), ["alert-b"]);
  assert.deepEqual(fresh(new Set(["alert-a"]), []), []);
});

test("the chips count what is shown: all, and those in each state", () => {
  assert.deepEqual(countStates(["ready", "on-call", "ready"]), { "": 3, ready: 2, "on-call": 1 });
  assert.deepEqual(countStates([]), { "": 0 });
});
