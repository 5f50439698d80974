// The strip and the dialog about sound: level meters, choice of devices, problems in plain sentences, quality.
import { MicrophoneProblem } from "../phone/audio.js";
import { compare, fromRoundTrips, judge } from "../phone/quality.js";
import { fill, gettext } from "../words.js";
import { Alerts } from "./alerts.js";

const METER_MS = 80;
const MEASURE_MS = 2000;
const ECHO_EVERY_MS = 30_000;

export const qualityWord = (word) => ({
  unknown: gettext("not measured yet"),
  excellent: gettext("excellent"),
  good: gettext("good"),
  fair: gettext("fair: now and then a word is lost"),
  weak: gettext("weak: speak slowly, close other programs"),
  bad: gettext("bad: calls will break; use a cable or another network"),
})[word];

export const problemSentence = (why) => ({
  insecure: gettext("The browser gives the microphone only to secure pages: open this one by https or on this computer."),
  denied: gettext("The microphone is not allowed. Press the lock beside the address, allow it, then try again."),
  missing: gettext("No microphone found. Plug in your headset, then try again."),
  busy: gettext("The microphone does not start. Close other programs that use it, then try again."),
})[why];

export class SoundDesk {
  constructor({ audio, ringer, stats, echoUrl, onOpen, onTrack }) {
    Object.assign(this, { audio, ringer, stats, echoUrl, onOpen, onTrack });
    this.dialog = document.getElementById("sound");
    this.problem = document.getElementById("microphone-problem");
    this.before = null;
    this.echoedAt = 0;
    document.addEventListener("click", ({ target }) => {
      if (target.closest?.("[data-open-sound]")) this.open();
      if (target.closest?.("[data-open-microphone]")) this.openMicrophone();
      if (target.closest?.("[data-ring-once]")) { this.ringer.start(); setTimeout(() => this.ringer.stop(), 1200); }
    });
    this.dialog.addEventListener("change", ({ target }) => { if (target.dataset.device) this.#choose(target.dataset.device, target.value); });
    const notify = this.dialog.querySelector("[data-notify]");
    const offerNotify = () => { notify.hidden = !Alerts.canAsk(); };
    notify.addEventListener("click", () => Alerts.ask().then(offerNotify));
    offerNotify();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#list());
    setInterval(() => this.#meter(), METER_MS);
    setInterval(() => this.#measure(), MEASURE_MS);
  }

  /** Opens the microphone; true when it runs. What is wrong is said on the page. */
  async openMicrophone() {
    try {
      await this.audio.open();
    } catch (error) {
      if (!(error instanceof MicrophoneProblem)) throw error;
      this.problem.hidden = false;
      this.problem.querySelector("[data-problem-words]").textContent = problemSentence(error.why);
      return false;
    }
    this.problem.hidden = true;
    for (const name of document.querySelectorAll("[data-microphone-name]")) name.textContent = this.audio.track.label || gettext("Microphone");
    this.#list();
    this.onTrack(this.audio.track);
    this.onOpen();
    return true;
  }

  open() {
    this.#list();
    if (!this.dialog.open) this.dialog.showModal();
  }

  async #choose(what, id) {
    this.audio.remember(what, id);
    if (what === "input") await this.openMicrophone();
  }

  async #list() {
    const devices = await this.audio.devices();
    for (const select of this.dialog.querySelectorAll("[data-device]")) {
      const what = select.dataset.device;
      const options = [{ id: "", label: gettext("As the computer is set") }, ...devices[what].filter(({ id }) => id !== "default")];
      select.replaceChildren(...options.map(({ id, label }) => new Option(label || gettext("Unnamed device"), id)));
      select.value = this.audio.chosen(what);
      if (select.selectedIndex < 0) select.value = "";
    }
  }

  #meter() {
    if (document.hidden) return;
    const share = this.audio.track?.enabled ? this.audio.level().toFixed(2) : "0";
    for (const bar of document.querySelectorAll("[data-level]")) bar.style.setProperty("--share", share);
  }

  async #measure() {
    const report = await this.stats();
    let measured = null;
    if (report) {
      measured = compare(this.before, report);
      this.before = report;
      this.echoedAt = 0;
    } else {
      this.before = null;
      if (Date.now() - this.echoedAt < ECHO_EVERY_MS) return;
      this.echoedAt = Date.now();
      measured = await this.#echoes();
    }
    this.#showQuality(measured);
  }

  async #echoes() {
    const times = [];
    for (let i = 0; i < 4; i += 1) {
      const start = performance.now();
      try {
        await fetch(this.echoUrl, { cache: "no-store" });
      } catch {
        return null;
      }
      if (i) times.push(performance.now() - start); // the first one may have to open a connection
    }
    return fromRoundTrips(times);
  }

  #showQuality(measured) {
    const { word, bars } = judge(measured);
    for (const one of document.querySelectorAll("[data-bars]")) one.dataset.bars = bars;
    const put = (name, text) => document.querySelectorAll(`[data-${name}]`).forEach((one) => { one.textContent = text; });
    put("bars-words", fill(gettext("Connection: %(word)s"), { word: qualityWord(word) }));
    put("quality-words", qualityWord(word));
    const share = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
    const ms = (value) => fill(gettext("%(number)s ms"), { number: Math.round(value) });
    put("quality-rtt", measured ? ms(measured.rttMs) : "–");
    put("quality-jitter", measured ? ms(measured.jitterMs) : "–");
    put("quality-loss", measured && this.before && !measured.isSilent ? share.format(measured.loss) : "–");
  }
}
