import assert from "node:assert/strict";
import { test } from "node:test";
import { Warnings } from "../../../src/allo/web/js/floor/warnings.js";

globalThis.document ??= { hidden: false, body: new EventTarget() };

/** The locks of one browser: what a page holds no other page gets. */
class Locks {
  constructor() { this.held = new Map(); }

  async request(name, ...more) {
    const [deed, { signal = null } = {}] = more.reverse();
    if (this.held.has(name)) {
      const turn = this.held.get(name);
      await Promise.race([turn, new Promise((_, reject) => { signal?.addEventListener("abort", () => reject(new Error("abort"))); })]);
      return this.request(name, { signal }, deed);
    }
    const done = Promise.resolve(deed({ name })).finally(() => this.held.delete(name));
    this.held.set(name, done);
    return done;
  }
}

class Element extends EventTarget {
  constructor() { super(); this.marks = new Map(); }
  setAttribute(name, value) { this.marks.set(name, value); }
  removeAttribute(name) { this.marks.delete(name); }
}

function browser() {
  const kept = new Map();
  const store = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  return { store, locks: new Locks(), heard: [] };
}

function floor(here, { shown = [], canSound = true, isKnown = true, isQuiet = false } = {}) {
  const page = { shown: [...shown] };
  const root = { querySelectorAll: () => page.shown.map((id) => ({ id })), querySelector: () => (isQuiet ? {} : null) };
  const live = new Element();
  const button = new Element();
  const isAble = async () => canSound;
  const warnings = new Warnings({ root, live, button, sound: (name) => here.heard.push(name), isAble, isKnown, locks: here.locks, store: here.store });
  const look = (...ids) => { page.shown = ids; warnings.look(); return new Promise((resolve) => { setImmediate(resolve); }); };
  return { warnings, live, button, look };
}

const isAwake = ({ live }) => live.marks.has("data-live-awake");

test("a new warning sounds once, whatever stands beside it", async () => {
  const here = browser();
  const one = floor(here, { shown: ["alert-title", "alert-late-1"] });
  await one.look("alert-title", "alert-late-1");
  assert.deepEqual(here.heard, []);
  await one.look("alert-title", "alert-late-1", "alert-late-2");
  await one.look("alert-title", "alert-late-2");
  assert.deepEqual(here.heard, ["late"]);
  await one.look("alert-title", "alert-late-2", "alert-help-7");
  assert.deepEqual(here.heard, ["late", "help"]);
});

test("of two floors one sounds, and the next warning too", async (t) => {
  t.mock.timers.enable({ apis: ["Date"] });
  const here = browser();
  const floors = [floor(here), floor(here)];
  for (const one of floors) {
    await one.look("alert-late-1");
    t.mock.timers.tick(3000); // a busy machine shows it late on the second one
  }
  assert.deepEqual(here.heard, ["late"]);
  for (const one of floors) await one.look("alert-late-1", "alert-late-2");
  assert.deepEqual(here.heard, ["late", "late"]);
  for (const one of floors) await one.look();
  t.mock.timers.tick(6000);
  for (const one of floors) await one.look("alert-late-1");
  assert.deepEqual(here.heard, ["late", "late", "late"], "the same queue is late again");
});

test("a floor that may not sound yet leaves it to the one that may", async () => {
  const here = browser();
  const [dumb, able] = [floor(here, { canSound: false }), floor(here)];
  await dumb.look("alert-late-1");
  assert.deepEqual(here.heard, []);
  await able.look("alert-late-1");
  assert.deepEqual(here.heard, ["late"]);
});

test("what a page learns first after it was served without the truth, or has rested, is no news", async () => {
  const here = browser();
  const one = floor(here, { isKnown: false });
  await one.look("alert-late-1");
  assert.deepEqual(here.heard, []);
  one.live.dispatchEvent(new Event("allo:rests"));
  await one.look("alert-late-1", "alert-late-2");
  assert.deepEqual(here.heard, []);
  await one.look("alert-late-1", "alert-late-2", "alert-late-3");
  assert.deepEqual(here.heard, ["late"]);
});

test("silent is silent on every floor, and the centre may leave only calls for help a sound", async () => {
  const here = browser();
  const [one, other] = [floor(here), floor(here, { isQuiet: true })];
  one.button.dispatchEvent(new Event("click"));
  assert.equal(one.button.marks.get("aria-pressed"), "false");
  await other.look("alert-help-1");
  assert.deepEqual(here.heard, []);
  one.button.dispatchEvent(new Event("click"));
  assert.equal(one.button.marks.get("aria-pressed"), "true");
  await other.look("alert-help-1", "alert-late-1");
  assert.deepEqual(here.heard, []);
  await other.look("alert-help-1", "alert-late-1", "alert-help-2");
  assert.deepEqual(here.heard, ["help"]);
});

test("one floor with its sound on stays awake; when it falls silent the next one does", async () => {
  const here = browser();
  const settled = () => new Promise((resolve) => { setImmediate(resolve); });
  const [one, other] = [floor(here), floor(here)];
  await settled();
  assert.deepEqual([isAwake(one), isAwake(other)], [true, false]);
  one.warnings.sleep();
  await settled();
  assert.deepEqual([isAwake(one), isAwake(other)], [false, true]);
  one.button.dispatchEvent(new Event("click"));
  other.warnings.show();
  await settled();
  assert.deepEqual([isAwake(one), isAwake(other)], [false, false]);
});

test("a page without locks sounds by itself", async () => {
  const here = { ...browser(), locks: null };
  await floor(here).look("alert-late-1");
  assert.deepEqual(here.heard, ["late"]);
});
