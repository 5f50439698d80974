// Boxes of choices in a conversation (why the caller waits, what comes after a cool-off): opened by a key, chosen by a
// digit. They stand in the place of the outcome form; one at a time, and gone with the talk they are about.
import { isTyping, typesNothing } from "../keyboard_keys.js";

/** The choice of an open box for a pressed key, if any. No DOM beyond the elements given. */
export function chosenBy(key, choices) {
  return choices.find(({ dataset }) => dataset.digit === key || dataset.again === key) ?? null;
}

export class Boxes {
  constructor(root) {
    this.boxes = new Map([...root.querySelectorAll(".box[id^=box-]")].map((box) => [box.id.slice(4), box]));
    this.talk = "";
    document.addEventListener("keydown", (event) => {
      const box = this.open;
      if (!box || (isTyping(event.target) && !typesNothing(event.key)) || event.ctrlKey || event.altKey || event.metaKey) return;
      const choice = chosenBy(event.key, [...box.querySelectorAll("[data-digit], [data-again]")]);
      if (event.key === "Escape") this.close();
      else if (choice) choice.click();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }, true);
  }

  get open() { return [...this.boxes.values()].find((box) => !box.hidden) ?? null; }

  /** Opens or closes a box; false when there is nothing to choose in it. */
  toggle(name) {
    const box = this.boxes.get(name);
    if (!box?.querySelector("[data-digit]")) return false;
    const wasOpen = !box.hidden;
    this.close();
    if (wasOpen) return true;
    // A digit must choose, not land in the note that was being written; the cursor goes back there afterwards.
    this.before = document.activeElement;
    box.hidden = false;
    box.querySelector("[data-digit]").focus({ preventScroll: true });
    return true;
  }

  close() {
    if (!this.open) return;
    this.boxes.forEach((box) => { box.hidden = true; });
    if (isTyping(this.before) && this.before.isConnected) this.before.focus({ preventScroll: true });
  }

  follow(call, callState) {
    const talk = `${call} ${callState}`;
    if (talk !== this.talk) this.close();
    this.talk = talk;
  }
}
