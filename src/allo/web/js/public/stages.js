// How far a call from the public page is, in the visitor's words. No DOM.
//   idle ─► starting ─► greeted ─► waiting ⇄ talking ⇄ held ─► ended
import { fill, gettext, ngettext } from "../words.js";

/** The stage: what the telephone knows comes first, then what the centre says of the call. */
export function stage({ line, said }) {
  if (line !== "talking") return line;
  if (said === "lost") return "held";
  return ["greeted", "waiting", "talking", "held"].includes(said) ? said : "greeted";
}

export function words(name, { place = null, why = "" } = {}) {
  const [title, text] = {
    idle: () => [gettext("Call us from your browser"), gettext("Free of charge. You need a microphone; the browser will ask for it.")],
    starting: () => [gettext("Calling …"), gettext("One moment, please.")],
    greeted: () => [gettext("We have your call"), gettext("Please stay on the line.")],
    waiting: () => [gettext("You are in the queue"), waitingText(place)],
    talking: () => [gettext("Connected"), gettext("You are talking to our specialist.")],
    held: () => [gettext("One moment, please"), gettext("Our specialist is coming back to you. Please stay on the line.")],
    ended: () => [gettext("The call is over"), why || gettext("Thank you for calling.")],
  }[name]();
  return { title, text };
}

function waitingText(place) {
  if (!place) return gettext("The next free specialist takes your call.");
  if (place === 1) return gettext("You are next. Please stay on the line.");
  const before = place - 1;
  return fill(ngettext("%(count)s caller is before you.", "%(count)s callers are before you.", before), { count: before });
}
