// Short notes in the corner. From the server: HX-Trigger {"allo:toast": {text, kind, undo}};
// from a script: toast("…", {kind: "error"}).
import { gettext } from "./words.js";

const STAYS_MS = { success: 4000, info: 5000, warning: 8000, error: 10000 };

/** Shows a note and returns it; one that `stays` is there until somebody removes it. */
export function toast(text, { kind = "success", undo = null, stays = false } = {}) {
  const region = document.getElementById("toasts");
  const note = document.createElement("div");
  note.className = `toast toast--${kind}`;
  note.append(text);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = gettext("Undo");
    button.addEventListener("click", () => { note.remove(); undo(); });
    note.append(button);
  }
  region.append(note);
  if (!stays) leave(note, undo ? 10000 : STAYS_MS[kind] ?? 5000);
  return note;
}

function leave(note, after) {
  let timer = setTimeout(() => note.remove(), after);
  note.addEventListener("mouseenter", () => clearTimeout(timer));
  note.addEventListener("mouseleave", () => { timer = setTimeout(() => note.remove(), 2000); });
}

export function startToasts(htmx) {
  document.querySelectorAll("[data-toast]").forEach((note) => leave(note, 5000));
  document.body.addEventListener("allo:toast", ({ detail }) => {
    const { text, kind, undo } = detail;
    const doUndo = undo ? () => htmx.ajax("POST", undo, { target: "#section", swap: "outerHTML" }) : null;
    toast(text, { kind, undo: doUndo });
  });
}
