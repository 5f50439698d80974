// The outcome form: what is typed is kept in this browser at once and on the server soon after, and is sent
// again until the server has it. A live update never touches the form (data-keep); when the set-up lists other outcomes,
// the form offers those, and what was chosen and typed stays.
import { Idiomorph } from "idiomorph";
import { gettext } from "../words.js";
import { send } from "./ask.js";

const QUIET_MS = 600;
const AGAIN_MS = 3000;
const CHOICES = ".outcome__choices";

const keyOf = (call) => `allo.outcome.${call}`;
const values = (form) => ({ note: form.elements.note.value, disposition: form.elements.disposition?.value ?? "" });
const same = (one, other) => one.note === other.note && one.disposition === other.disposition;

function put(form, { note, disposition }) {
  if (form.elements.note !== document.activeElement) form.elements.note.value = note;
  for (const radio of form.querySelectorAll("input[name=disposition]")) radio.checked = radio.value === disposition;
}

function kept(call) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(call)));
  } catch {
    return null;
  }
}

function keep(call, typed) {
  try {
    localStorage.setItem(keyOf(call), JSON.stringify(typed));
  } catch {
    // This browser is full or forbids it; the server still gets every word.
  }
}

/** Offers the outcomes that the set-up lists now; false when they could not be had. */
export async function renewChoices(form) {
  const response = await fetch(form.dataset.outcome, { headers: { Accept: "application/json, text/html" } }).catch(() => null);
  if (!response?.ok) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const chosen = values(form);
  Idiomorph.morph(form.querySelector(CHOICES), page.querySelector(CHOICES));
  put(form, chosen);
  return true;
}

export function startOutcome(form) {
  const { call, draft, outcome } = form.dataset;
  const words = form.querySelector("[data-kept]");
  let timer = 0;
  let isFinishing = false;
  let sent = values(form);

  const left = kept(call);
  if (left && !same(left, sent)) put(form, left);

  const save = async () => {
    clearTimeout(timer);
    const typed = values(form);
    if (isFinishing || same(typed, sent)) return;
    const { ok, code } = await send(draft, typed, { near: form.elements.note, quiet: true });
    if (ok) sent = typed;
    if (!form.isConnected) return;
    if (ok) words.textContent = same(values(form), sent) ? gettext("saved") : "";
    else words.textContent = code === "too_long" ? gettext("too long: at most 10,000 characters fit") : gettext("kept on this computer");
    if (same(values(form), sent)) return;
    if (code === "signed_out") document.body.addEventListener("allo:signed-in", save, { once: true });
    else timer = setTimeout(save, ok ? QUIET_MS : AGAIN_MS);
  };
  form.addEventListener("input", () => {
    keep(call, values(form));
    words.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, QUIET_MS);
  });
  if (left && !same(left, sent)) timer = setTimeout(save, QUIET_MS);

  const finish = async () => {
    if (isFinishing) return;
    isFinishing = true;
    clearTimeout(timer);
    const button = form.querySelector("[type=submit]");
    button.setAttribute("aria-disabled", "true");
    const answer = await send(outcome, values(form), { near: button, quiet: false });
    if (answer.ok) localStorage.removeItem(keyOf(call));
    // Control or the web is away, or the sign-in ran out: nothing is lost, and it goes on by itself.
    else if (answer.status === 503 || answer.status === 0) setTimeout(again, AGAIN_MS);
    else if (answer.status === 401) document.body.addEventListener("allo:signed-in", again, { once: true });
    isFinishing = answer.ok;
    button.setAttribute("aria-disabled", String(answer.ok));
  };
  const again = () => { if (form.isConnected) finish(); };
  form.addEventListener("submit", (event) => { event.preventDefault(); finish(); });

  // Another tab with the same form.
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === keyOf(call) && newValue && form.isConnected) put(form, JSON.parse(newValue));
  });
}
