// Sounds for what is new among the warnings and the calls for help; silent when the leader wishes so; the centre's
// limits may leave only calls for help a sound. However many floors a browser has open, each sounds once:
//   what stood there when the page opened, or is there after it has rested, is no news
//   of several floors the first to hear of a warning sounds, and leaves a mark of it for the others; a floor that the
//   browser does not let sound yet leaves it to them, and says that it waits for a click
//   one floor with its sound on stays connected while nobody looks: that is when it must be heard
const KEY = "allo.floor.silent";
const SOUNDED = "allo.floor.sounded";
const SAME_MS = 5000; // floors hear of a warning within moments of each other; what comes again so soon is the same one

/** What is new: ids now that were not there before. No DOM here. */
export function fresh(before, now) {
  return now.filter((id) => !before.has(id));
}

export class Warnings {
  /** sound(name) plays a note, isAble() promises whether it would be heard; isKnown: the page was served with the truth. */
  constructor({ root, live, button, sound, isAble, isKnown = true, locks = navigator.locks, store = localStorage }) {
    Object.assign(this, { root, live, button, sound, isAble, locks, store });
    this.known = isKnown ? new Set(this.#ids()) : null;
    this.sleep = null;
    button?.addEventListener("click", () => {
      if (this.isSilent) store.removeItem(KEY);
      else store.setItem(KEY, "yes");
      this.show();
    });
    live.addEventListener("allo:rests", () => { this.known = null; });
    this.show();
  }

  get isSilent() { return this.store.getItem(KEY) === "yes"; }

  async look() {
    const ids = this.#ids();
    const news = this.known ? fresh(this.known, ids) : [];
    this.known = new Set(ids);
    if (!news.length || this.isSilent) return;
    const isHelp = news.some((id) => id.startsWith("alert-help-"));
    if (isHelp || !this.root.querySelector("[data-quiet]")) await this.#once(isHelp ? "help" : "late", news);
  }

  /** The button as things are, also when another floor has changed them. */
  show() {
    this.button?.setAttribute("aria-pressed", String(!this.isSilent));
    if (this.isSilent) this.sleep?.();
    else this.#stayAwake();
  }

  #ids() { return [...this.root.querySelectorAll("[id^=alert-]")].map((one) => one.id).filter((id) => id !== "alert-title"); }

  async #once(name, news) {
    if (!(await this.isAble())) return;
    const soundIfFirst = () => { if (this.#isFirst(news)) this.sound(name); };
    if (this.locks) await this.locks.request(SOUNDED, soundIfFirst);
    else soundIfFirst(); // a page without https
  }

  /** Has no floor of this browser sounded for one of these yet? */
  #isFirst(ids) {
    const now = Date.now();
    const said = Object.entries(JSON.parse(this.store.getItem(SOUNDED) ?? "{}")).filter(([, at]) => now - at < SAME_MS);
    const sounded = Object.fromEntries(said);
    const isFirst = ids.some((id) => !(id in sounded));
    for (const id of ids) sounded[id] ??= now;
    this.store.setItem(SOUNDED, JSON.stringify(sounded));
    return isFirst;
  }

  /** Be the one floor that does not rest (see live.js), or the next one in line. */
  #stayAwake() {
    if (!this.locks || this.sleep) return;
    const wish = new AbortController();
    let release = () => {};
    this.sleep = () => {
      wish.abort();
      release();
      this.live.removeAttribute("data-live-awake");
      this.sleep = null;
    };
    this.locks.request("allo.floor.awake", { signal: wish.signal }, () => {
      this.live.setAttribute("data-live-awake", "");
      if (document.hidden) document.body.dispatchEvent(new CustomEvent("allo:reconnect"));
      return new Promise((resolve) => { release = resolve; });
    }).catch(() => {}); // its sound was turned off before it was its turn
  }
}

/** Follows what another floor of this browser has chosen. */
export function followOtherFloors(warnings) {
  window.addEventListener("storage", ({ key }) => { if (key === KEY) warnings.show(); });
}
