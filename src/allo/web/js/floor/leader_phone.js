// The leader's own telephone, in the floor's page: the desk's telephone and sound under the floor's few wishes.
// The centre rings it with the mark "answer at once" when the leader listens; it never rings out loud here by itself.
import { send, say } from "../desk/ask.js";
import { SoundDesk } from "../desk/sound.js";
import { Telephone } from "../desk/telephone.js";
import { Audio } from "../phone/audio.js";
import { Ringer } from "../phone/ring.js";
import { Tabs } from "../phone/tabs.js";
import { gettext } from "../words.js";
import { START, next } from "./leader_machine.js";

const LONGEST_WAIT_MS = 12_000;
const AGAIN_MS = [300, 600, 1200, 2400];

export const LINE_WORDS = {
  off: () => gettext("Connect my phone"),
  connecting: () => gettext("Phone is connecting"),
  registered: () => gettext("Phone connected"),
  lost: () => gettext("Phone reconnects"),
  refused: () => gettext("Phone reconnects"),
  taken: () => gettext("Phone is elsewhere"),
};

export class LeaderPhone {
  constructor(floor) {
    this.floor = floor;
    this.state = START;
    this.timer = 0;
    this.near = null;
    this.audio = new Audio({
      element: document.getElementById("far"),
      isPlain: "toneTest" in floor.dataset,
      onMicrophoneEnded: () => this.sound.openMicrophone(),
    });
    this.ringer = new Ringer(this.audio);
    this.tabs = new Tabs(floor.dataset.person, () => this.telephone.dispatch({ type: "taken" }));
    this.telephone = new Telephone({
      urls: { ask: floor.dataset.deskAskUrl, phone: floor.dataset.phoneUrl },
      audio: this.audio, ringer: this.ringer, tabs: this.tabs,
      desk: () => this.#serverSays(), onChange: (state) => this.#show(state),
    });
    this.sound = new SoundDesk({
      audio: this.audio, ringer: this.ringer, echoUrl: floor.dataset.echoUrl,
      stats: async () => this.telephone.sip?.stats() ?? null,
      onOpen: () => this.telephone.dispatch({ type: "start" }),
      onTrack: (track) => this.telephone.sip?.useTrack(track),
    });
  }

  /** The button in the page's head: connects, brings the phone here, or shows sound and connection. */
  pressLine() {
    if (this.state.line === "off") this.sound.openMicrophone();
    else if (this.state.line === "taken") this.telephone.dispatch({ type: "useHere" });
    else this.sound.open();
  }

  press(what, call, near) {
    this.near = near;
    this.#dispatch({ type: "press", what, call });
  }

  #dispatch(event) {
    const [state, deeds] = next(this.state, event);
    this.state = state;
    for (const { deed, wish } of deeds) this[`do_${deed}`](wish);
  }

  async do_openPhone() {
    if (!(await this.sound.openMicrophone())) this.#dispatch({ type: "noMicrophone" });
  }

  do_useHere() { this.telephone.dispatch({ type: "useHere" }); }

  do_startWaiting() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#dispatch({ type: "waitedTooLong" }), LONGEST_WAIT_MS);
  }

  do_stopWaiting() { clearTimeout(this.timer); }

  do_sayTooLong() { say(gettext("Your phone did not connect in time. Try again."), this.near); }

  /** The engine learns a moment after us that our phone is there: until then it is asked again. */
  async do_ask({ what, call }) {
    const url = this.floor.dataset.askUrl.replace(/x$/, what);
    for (const wait of [...AGAIN_MS, 0]) {
      const { ok, code } = await send(url, { call }, { near: this.near, quiet: wait > 0 });
      if (ok) return;
      if (code !== "phone_not_connected") {
        if (wait > 0) await send(url, { call }, { near: this.near });
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, wait); });
    }
  }

  #serverSays() {
    const { phase = "idle", call, leg, callState, muted } = document.getElementById("mine")?.dataset ?? {};
    return { phase, call, leg, callState, muted, isFresh: !this.floor.classList.contains("is-stale") };
  }

  #show(state) {
    const line = document.getElementById("line");
    line.dataset.line = state.line;
    line.dataset.talk = state.talk;
    line.querySelector("[data-line-words]").textContent = LINE_WORDS[state.line]();
    this.floor.dataset.line = state.line;
    this.floor.dataset.talk = state.talk;
    if (state.line !== this.state.line) this.#dispatch({ type: "line", line: state.line });
  }
}
