// Asking the server for something by a button or key, and saying near the button why it was refused.
import { post } from "../post.js";
import { toast } from "../toasts.js";
import { gettext } from "../words.js";

const STAYS_MS = 7000;

/** Posts; returns {ok, code, status, sentence}. A refusal is told at `near` (or in the corner) until something else is
 * asked. Never throws. */
export async function send(url, fields = {}, { near = null, quiet = false } = {}) {
  let response;
  if (!quiet) unsay();
  try {
    response = await post(url, fields);
  } catch {
    if (!quiet) say(gettext("No connection to the server. What you typed is still here; try again in a moment."), near);
    return { ok: false, code: "offline", status: 0 };
  }
  if (response.ok) return { ok: true, code: "", status: response.status, response };
  if (response.status === 401) {
    document.body.dispatchEvent(new CustomEvent("allo:signed-out", { bubbles: true }));
    return { ok: false, code: "signed_out", status: 401 };
  }
  const { code = "", sentence = "" } = await read(response);
  if (!quiet) say(sentence || gettext("Something broke on our side. Calls go on; try again."), near);
  return { ok: false, code, status: response.status, sentence };
}

async function read(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { sentence: text.length < 300 && !text.includes("<") ? text : "" };
  }
}

function unsay() {
  document.querySelectorAll(".said").forEach((one) => one.remove());
}

/** A sentence beside the element that it is about; in the corner when that is gone or hidden. */
export function say(text, near = null) {
  unsay();
  if (!near?.isConnected || near.offsetParent === null) {
    toast(text, { kind: "error" });
    return;
  }
  const note = document.createElement("div");
  note.className = "said";
  note.role = "alert";
  note.textContent = text;
  (near.closest("dialog[open]") ?? document.body).append(note); // all else lies blurred behind an open dialog
  const box = near.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left), document.documentElement.clientWidth - note.offsetWidth - 8);
  const isLow = box.bottom + note.offsetHeight + 12 > document.documentElement.clientHeight;
  note.style.setProperty("left", `${left}px`);
  note.style.setProperty("top", `${isLow ? box.top - note.offsetHeight - 8 : box.bottom + 8}px`);
  const leave = () => note.remove();
  note.addEventListener("click", leave);
  setTimeout(leave, STAYS_MS);
}
