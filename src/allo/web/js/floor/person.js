// The panel of one agent: opened by a click on the tile, kept up to date while it is open.
import { Idiomorph } from "idiomorph";
import { tick } from "../clock.js";

const REST_MS = 600;

export class Person {
  constructor(box) {
    this.box = box;
    this.url = "";
    this.timer = 0;
  }

  get isOpen() { return !this.box.hidden; }

  async open(url) {
    if (this.url !== url) this.box.replaceChildren();
    this.url = url;
    await this.refresh();
    this.box.querySelector("button")?.focus({ preventScroll: true });
  }

  close() {
    this.url = "";
    this.box.hidden = true;
  }

  /** Something on the floor has changed: look again, but not at every tick. */
  touch() {
    if (!this.isOpen || this.timer) return;
    this.timer = setTimeout(() => { this.timer = 0; if (this.isOpen) this.refresh(); }, REST_MS);
  }

  async refresh() {
    const { url } = this;
    const response = await fetch(url, { headers: { Accept: "application/json, text/html" } }).catch(() => null);
    if (!response?.ok || url !== this.url) return;
    const html = await response.text();
    if (url !== this.url) return;
    const beforeNodeMorphed = (old) => !(old.nodeType === 1 && old.hasAttribute("data-keep"));
    Idiomorph.morph(this.box, html, { morphStyle: "innerHTML", ignoreActiveValue: true, callbacks: { beforeNodeMorphed } });
    this.box.hidden = false;
    tick(this.box);
  }
}
