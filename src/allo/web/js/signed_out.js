// A sign-in that ran out: a dialog over the page as it stands. After signing in again the person
// presses the same button once more; nothing on the page was touched. If somebody else signs in, the page begins anew:
// its telephone and what was typed into it are not theirs.
import { toast } from "./toasts.js";
import { gettext } from "./words.js";

const LATE_ANSWERS_MS = 3000;

export function startSignedOut(htmx) {
  let signedInAt = -Infinity;
  const dialog = document.getElementById("signed-out");
  const place = document.getElementById("sign-in-again");
  const open = ({ detail }) => {
    // What was asked before signing in again may be answered after it. The stream was opened after it: what that says
    // is so, and it says it once.
    const isLate = !detail?.isNow && performance.now() - signedInAt < LATE_ANSWERS_MS;
    if (dialog.open || isLate) return;
    htmx.ajax("GET", place.dataset.url, { target: place, swap: "innerHTML" });
    dialog.showModal();
  };
  document.body.addEventListener("allo:signed-out", open);
  document.body.addEventListener("allo:signed-in-as", ({ detail }) => {
    if (detail.reader !== document.body.dataset.reader) location.reload();
    else document.body.dispatchEvent(new CustomEvent("allo:signed-in"));
  });
  document.body.addEventListener("allo:signed-in", () => {
    signedInAt = performance.now();
    dialog.close();
    place.replaceChildren();
    toast(gettext("You are signed in again. Repeat what you were doing."), { kind: "info" });
    document.body.dispatchEvent(new CustomEvent("allo:reconnect", { bubbles: true }));
  });
  document.body.addEventListener("allo:forbidden", () => {
    toast(gettext("Your role does not allow this."), { kind: "error" });
  });
  document.body.addEventListener("htmx:sendError", () => {
    toast(gettext("No connection to the server. What you typed is still here; try again in a moment."), { kind: "error" });
  });
  document.body.addEventListener("htmx:responseError", ({ detail }) => {
    const { status, responseText } = detail.xhr;
    if (status === 401 || (status === 403 && detail.xhr.getResponseHeader("HX-Trigger"))) return;
    const isSentence = responseText && responseText.length < 300 && !responseText.includes("<");
    toast(isSentence ? responseText : gettext("Something broke on our side. Calls go on; try again."), { kind: "error" });
  });
}
