import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock, duration, shown } from "../../../src/allo/web/js/clock.js";

test("durations look as on the server", () => {
  assert.deepEqual([-3, 0, 7.9, 65, 3725].map(duration), ["0:00", "0:00", "0:07", "1:05", "1:02:05"]);
});

test("a count-down shows whole seconds until nothing is left", () => {
  assert.deepEqual([100, 100.4, 114, 114.9, 115, 120].map((now) => shown({ until: 115 }, now)),
    ["0:15", "0:15", "0:01", "0:01", "0:00", "0:00"]);
  assert.equal(shown({ since: 100 }, 107.9), "0:07");
});

test("the server's clock is taken from the quickest message", () => {
  let here = 1000;
  const clock = new ServerClock(() => here);
  assert.equal(clock.now(), 1000);
  clock.heard(1060);
  here = 1010;
  clock.heard(1069); // came one second late
  assert.equal(clock.now(), 1070);
  clock.heard(1070.5); // came quicker than the first
  assert.equal(clock.now(), 1070.5);
});

test("a clock that was set anew is believed", () => {
  const clock = new ServerClock(() => 1000);
  clock.heard(1060);
  clock.heard(960);
  assert.equal(clock.now(), 960);
});
