// A call that rings must be noticed also behind other windows: title, notification.
import { fill, gettext } from "../words.js";

export class Alerts {
  constructor() {
    this.title = document.title;
    this.note = null;
  }

  static canAsk() { return "Notification" in window && Notification.permission === "default"; }

  static ask() { return Alerts.canAsk() ? Notification.requestPermission() : Promise.resolve(); }

  call(who, queue) {
    document.title = fill(gettext("Call: %(who)s"), { who });
    if (!("Notification" in window) || Notification.permission !== "granted" || document.hasFocus()) return;
    try {
      this.note = new Notification(fill(gettext("Call: %(who)s"), { who }), { body: queue, tag: "allo-call", requireInteraction: true });
      this.note.onclick = () => { window.focus(); this.note?.close(); };
    } catch {
      // phones allow notifications to installed pages only
    }
  }

  over() {
    document.title = this.title;
    this.note?.close();
    this.note = null;
  }
}
