// Parts of the desk that are fetched once and then belong to the person: the outcome form, the customer's card.
// A fetch that fails is tried again until the server is back.
import { renewChoices, startOutcome } from "./outcome.js";
import { speakTimes } from "./times.js";
import { send } from "./ask.js";
import { toast } from "../toasts.js";

const AGAIN_MS = 1500;
const LOOK_AGAIN_MS = 1500;
const LOOK_LESS = 1.5;
const LONGEST_PAUSE_MS = 15_000;

async function fetchInto(place, url, isStillWanted) {
  while (isStillWanted()) {
    let response = null;
    try {
      response = await fetch(url, { headers: { Accept: "application/json, text/html" } });
    } catch {
      // no connection: below
    }
    if (!isStillWanted()) return false;
    if (response?.ok) {
      place.innerHTML = await response.text();
      speakTimes(place);
      globalThis.htmx?.process(place);
      return true;
    }
    if (response?.status === 404) {
      place.replaceChildren();
      return false;
    }
    if (response?.status === 401) {
      document.body.dispatchEvent(new CustomEvent("allo:signed-out", { bubbles: true }));
      await new Promise((resolve) => { document.body.addEventListener("allo:signed-in", resolve, { once: true }); });
    } else await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
  }
  return false;
}

const outcomesIn = (root) => root.querySelector("[data-fragment=outcomes]")?.textContent ?? "";

/** Fills every place that has come with a live part and is still empty. */
export function fillPlaces(root) {
  const listed = outcomesIn(root);
  for (const place of root.querySelectorAll("[data-load]:not([data-started])")) {
    place.dataset.started = "yes";
    fetchInto(place, place.dataset.load, () => place.isConnected).then((isThere) => {
      if (isThere) place.querySelectorAll("form[data-outcome]").forEach((form) => { form.dataset.listed = listed; startOutcome(form); });
    });
  }
  root.querySelectorAll("form[data-listed]").forEach((form) => renewOutcomes(form, listed));
}

/** The set-up may list other outcomes by now than when the form came. */
async function renewOutcomes(form, listed) {
  const before = form.dataset.listed;
  if (before === listed) return;
  form.dataset.listed = listed;
  if (!await renewChoices(form)) form.dataset.listed = before;
}

/** Puts what has come into a list of past calls: new lines, and lines that can be listened to now. Nothing else moves. */
export function renewHistory(list, fresh) {
  const known = new Map([...list.children].map((line) => [line.id, line]));
  let before = null;
  for (const line of [...fresh.children]) {
    const old = line.id ? known.get(line.id) : null;
    if (!line.id) continue;
    if (!old) {
      if (before) before.after(line);
      else list.prepend(line);
    } else if (line.querySelector("[data-recording]") && !old.querySelector("[data-recording]")) old.replaceWith(line);
    before = document.getElementById(line.id);
  }
  if (list.querySelector("li[id]")) list.querySelectorAll("li:not([id])").forEach((none) => none.remove());
  list.toggleAttribute("data-coming", fresh.hasAttribute("data-coming"));
}

export class Card {
  constructor(place, todayUrl, onName) {
    this.place = place;
    this.todayUrl = todayUrl;
    this.onName = onName;
    this.call = null;
    this.customer = "";
    this.shown = null;
    place.addEventListener("change", (event) => this.#correct(event.target));
    place.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches?.("[data-rename], [data-write-to]")) event.target.blur();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea")) event.target.form.requestSubmit();
    });
    place.addEventListener("input", ({ target }) => { if (target.dataset.remember) localStorage.setItem(`allo.${target.dataset.remember}`, target.value); });
    place.addEventListener("submit", (event) => { event.preventDefault(); this.#addNote(event.target); });
    window.addEventListener("hashchange", () => this.#lookUp());
  }

  /** The live state names the call and whose it is; once the call is over, only the call. */
  follow({ call, customer }) {
    if (call === this.call && (customer === this.customer || !customer)) return;
    const isOver = !call && this.call;
    this.call = call;
    this.customer = customer;
    if (call) {
      if (location.hash) history.replaceState(null, "", location.pathname + location.search);
      this.#show(`/desk/call/${encodeURIComponent(call)}/card?customer=${encodeURIComponent(customer)}`);
    } else if (!this.#lookUp()) setTimeout(() => { if (!this.call) this.#show(this.todayUrl); }, isOver ? 900 : 0);
  }

  #lookUp() {
    const [, id] = /^#customer-(\d+)$/.exec(location.hash) ?? [];
    if (id) this.#show(`/desk/customer/${id}/`);
    return Boolean(id);
  }

  async #show(url) {
    this.shown = url;
    const isThere = await fetchInto(this.place, url, () => this.shown === url);
    if (!isThere) return;
    for (const field of this.place.querySelectorAll("[data-remember]")) field.value = localStorage.getItem(`allo.${field.dataset.remember}`) ?? "";
    this.#tellName();
    this.#awaitRecordings(url);
  }

  /** The recording of the call before may still be being written. */
  async #awaitRecordings(url) {
    const list = this.place.querySelector(".history__list");
    for (let pause = LOOK_AGAIN_MS; list?.isConnected && list.hasAttribute("data-coming"); pause = Math.min(pause * LOOK_LESS, LONGEST_PAUSE_MS)) {
      await new Promise((resolve) => { setTimeout(resolve, pause); });
      if (!list.isConnected) return;
      const response = await fetch(url, { headers: { Accept: "application/json, text/html" } }).catch(() => null);
      if (!response?.ok) continue;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector(".history__list");
      if (!fresh || !list.isConnected) return;
      renewHistory(list, fresh);
      speakTimes(list);
    }
  }

  #tellName() {
    const card = this.place.querySelector(".customer[data-customer]");
    const name = card?.querySelector("[data-rename]")?.value.trim() ?? "";
    if (card) this.onName(card.dataset.customer, name);
  }

  async #correct(field) {
    const { rename, writeTo, classify } = field.dataset;
    const address = rename ?? writeTo ?? classify;
    if (!address) return;
    const { ok, response } = await send(address, { [rename ? "name" : writeTo ? "email" : field.name]: field.value }, { near: field });
    if (!ok) return;
    if (rename) this.#tellName();
    const { "allo:toast": note } = JSON.parse(response.headers.get("HX-Trigger") ?? "{}");
    if (note) toast(note.text, note);
  }

  async #addNote(form) {
    const { addNote, target } = form.dataset;
    if (!addNote || form.dataset.busy) return;
    form.dataset.busy = "yes";
    const { ok, response } = await send(addNote, { text: form.elements.text.value }, { near: form.elements.text });
    delete form.dataset.busy;
    if (!ok) return;
    form.elements.text.value = "";
    localStorage.removeItem(`allo.${form.elements.text.dataset.remember}`);
    const notes = this.place.querySelector(target);
    notes.innerHTML = await response.text();
    speakTimes(notes);
  }
}
