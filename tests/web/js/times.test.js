import assert from "node:assert/strict";
import { test } from "node:test";
import { spoken } from "../../../src/allo/web/js/desk/times.js";

const NOW = Date.parse("2026-03-10T12:00:00Z");
const say = (iso, language = "en-GB", zone = "Europe/Moscow") => spoken(Date.parse(iso), NOW, language, zone);

test("today and yesterday are said as such, in the reader's zone", () => {
  assert.match(say("2026-03-10T06:05:00Z"), /^today 0?9:05$/);
  assert.match(say("2026-03-09T22:30:00Z"), /^today 0?1:30$/); // already the 10th in Moscow
  assert.equal(say("2026-03-09T12:00:00Z", "ru"), "вчера 15:00");
  assert.equal(say("2026-03-09T12:00:00Z", "en"), "yesterday 15:00"); // as in reports and stories of calls
});

test("older days have a date, other years a year", () => {
  assert.equal(say("2026-03-01T09:00:00Z"), "1 March, 12:00");
  assert.match(say("2025-03-01T09:00:00Z"), /^1 March 2025, /);
});
