// The keypad of a conversation: by mouse, or by the digits of the keyboard while it is open.
import { isTyping } from "../keyboard_keys.js";

const TONES = /^[0-9*#]$/;

export class Keypad {
  constructor(box, send) {
    this.box = box;
    this.send = send;
    this.sent = box.querySelector("[data-keypad-sent]");
    box.addEventListener("click", ({ target }) => { if (target.dataset?.tone) this.press(target.dataset.tone); });
    document.addEventListener("keydown", (event) => {
      if (box.hidden || isTyping(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Escape") this.close();
      else if (TONES.test(event.key)) this.press(event.key);
      else return;
      event.preventDefault();
    }, true);
  }

  press(tone) {
    this.send(tone);
    this.sent.textContent = (this.sent.textContent + tone).slice(-24);
  }

  toggle() {
    if (this.box.hidden) this.box.hidden = false;
    else this.close();
  }

  close() {
    this.box.hidden = true;
    this.sent.textContent = "";
  }
}
