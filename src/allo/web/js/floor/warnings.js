// Sounds for what is new among the warnings and the calls for help; silent when the leader wishes so; the centre's
// limits may leave only calls for help a sound.
const KEY = "allo.floor.silent";

/** What is new: ids now that were not there before. No DOM here. */
export function fresh(before, now) {
  return now.filter((id) => !before.has(id));
}

export class Warnings {
  constructor(root, button, sound) {
    Object.assign(this, { root, button, sound });
    this.known = new Set(this.#ids());
    button?.addEventListener("click", () => {
      if (this.isSilent) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, "yes");
      this.#show();
    });
    this.#show();
  }

  get isSilent() { return localStorage.getItem(KEY) === "yes"; }

  look() {
    const ids = this.#ids();
    const news = fresh(this.known, ids);
    this.known = new Set(ids);
    if (!news.length || this.isSilent) return;
    const isHelp = news.some((id) => id.startsWith("alert-help-"));
    if (isHelp || !this.root.querySelector("[data-quiet]")) this.sound(isHelp ? "help" : "late");
  }

  #ids() { return [...this.root.querySelectorAll("[id^=alert-]")].map((one) => one.id).filter((id) => id !== "alert-title"); }

  #show() { this.button?.setAttribute("aria-pressed", String(!this.isSilent)); }
}
