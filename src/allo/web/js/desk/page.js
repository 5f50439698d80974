// The desk's page: brings telephone, sound, card and the server's live parts together.
import { startClock } from "../clock.js";
import { Audio } from "../phone/audio.js";
import { Ringer } from "../phone/ring.js";
import { Tabs } from "../phone/tabs.js";
import { gettext } from "../words.js";
import { post } from "../post.js";
import { say } from "./ask.js";
import { Alerts } from "./alerts.js";
import { Boxes } from "./boxes.js";
import { Reminder } from "./reminder.js";
import { Keypad } from "./keypad.js";
import { Card, fillPlaces } from "./places.js";
import { SoundDesk } from "./sound.js";
import { Telephone } from "./telephone.js";

const LINE_WORDS = {
  off: () => gettext("Phone is off"),
  connecting: () => gettext("Phone is connecting"),
  registered: () => gettext("Phone connected"),
  lost: () => gettext("Phone reconnects"),
  refused: () => gettext("Phone reconnects"),
  taken: () => gettext("Phone is elsewhere"),
};

const NOT_TAKEN = new Set(["queue_closed", "queue_full", "nobody_at_work", "party_not_free"]);

/** Whether a note of a team leader has come that was not there before. */
function newNotes(desk) {
  const seen = new Set([...desk.querySelectorAll(".leader-note")].map((one) => one.id));
  return {
    hasNew() {
      const fresh = [...desk.querySelectorAll(".leader-note")].filter((one) => !seen.has(one.id));
      fresh.forEach((one) => seen.add(one.id));
      return fresh.length > 0;
    },
  };
}

export function startDesk(desk) {
  const names = new Map();
  const busy = new Set();
  const live = () => ({ ...document.getElementById("desk-state")?.dataset });
  const isFresh = () => !desk.classList.contains("is-stale");
  const serverSays = () => { const { phase, call, leg, callState, muted } = live(); return { phase, call, leg, callState, muted, isFresh: isFresh() }; };

  const audio = new Audio({
    element: document.getElementById("far"),
    isPlain: "toneTest" in desk.dataset,
    onMicrophoneEnded: () => sound.openMicrophone(),
  });
  const ringer = new Ringer(audio);
  const alerts = new Alerts();
  const tabs = new Tabs(desk.dataset.person, () => telephone.dispatch({ type: "taken" }));
  const telephone = new Telephone({
    urls: { ask: desk.dataset.askUrl, phone: desk.dataset.phoneUrl },
    audio, ringer, tabs, desk: serverSays, onChange: showPhone,
  });
  const sound = new SoundDesk({
    audio, ringer, echoUrl: desk.dataset.echoUrl,
    stats: async () => telephone.sip?.stats() ?? null,
    onOpen: () => telephone.dispatch({ type: "start" }),
    onTrack: (track) => telephone.sip?.useTrack(track),
  });
  const keypad = new Keypad(document.getElementById("keypad"), (key) => telephone.sip?.sendKey(key));
  const boxes = new Boxes(desk);
  const notes = newNotes(desk);
  const reminder = new Reminder(() => ringer.note("late"));
  const card = new Card(document.getElementById("card"), desk.dataset.todayUrl, (customer, name) => {
    names.set(customer, name);
    showNames();
  });

  function showNames() {
    for (const one of desk.querySelectorAll("[data-name-of]")) {
      const name = names.get(one.dataset.nameOf);
      if (!name) continue;
      one.textContent = name;
      one.nextElementSibling?.classList.remove("is-same");
    }
  }

  function showPhone(state, before, event) {
    const line = document.getElementById("line");
    line.dataset.line = state.line;
    line.dataset.talk = state.talk;
    line.querySelector("[data-line-words]").textContent = LINE_WORDS[state.line]();
    desk.dataset.line = state.line;
    desk.dataset.talk = state.talk;
    desk.dataset.unheard = state.isMuted ? "yes" : "";
    document.getElementById("taken").hidden = state.line !== "taken";
    if (state.talk !== before.talk) {
      if (state.talk !== "none") document.dispatchEvent(new Event("allo:hush")); // a recording must not be heard over a caller
      if (state.talk === "none" && before.talk === "talking" && event.type === "ended") ringer.note("ended");
      if (state.talk !== "talking") keypad.close();
      if (state.talk !== "ringing") alerts.over();
      else alertOffer();
    }
  }

  function alertOffer() {
    const offer = desk.querySelector(".offer");
    if (offer && telephone.state.talk === "ringing") {
      alerts.call(offer.querySelector(".offer__who").textContent, offer.querySelector("dd")?.textContent ?? "");
    }
  }

  function showState() {
    const { phase, state, wish, call, customer, claim, comfort, late, callState } = live();
    if (phase === "talk" && desk.dataset.phase === "asked") telephone.becomesMine();
    Object.assign(desk.dataset, { phase, state, wish, claim, comfort });
    reminder.follow(phase === "talk" && callState === "held" && late === "yes");
    boxes.follow(call, callState);
    card.follow({ call, customer });
    fillPlaces(desk);
    showNames();
    alertOffer();
  }

  async function ask(asked, fields, near) {
    const what = asked === "comfort" ? "break" : asked;
    if (asked === "comfort") fields.reason = live().comfort;
    if (busy.has(what)) return;
    busy.add(what);
    const { ok, code, sentence } = await telephone.ask(what, fields, { near, quiet: what === "transfer" });
    busy.delete(what);
    if (what === "transfer" && !ok) offerOthers(code, sentence, near);
    if (ok && what === "log-in") Alerts.ask();
  }

  /** The queue would not have kept the caller: say so where another way can be chosen. */
  function offerOthers(code, sentence, near) {
    if (code === "signed_out") return;
    if (!NOT_TAKEN.has(code)) say(sentence || gettext("No connection to the server. Try again in a moment."), near);
    else document.body.dispatchEvent(new CustomEvent("allo:palette", { detail: { scope: "parties", note: sentence } }));
  }

  /** A note of the team leader goes once the server has it; offline it stays. */
  async function acknowledge(button) {
    const note = button.closest(".leader-note");
    const answer = await post(button.dataset.acknowledge).catch(() => null);
    if (answer?.ok) note.remove();
  }

  desk.addEventListener("allo:part", showState);
  desk.addEventListener("allo:part", ({ detail }) => { if (detail.name === "notes" && notes.hasNew()) ringer.note("back"); });
  document.body.addEventListener("allo:ask", ({ detail: { what, ...fields } }) => ask(what, fields, null));
  document.addEventListener("click", ({ target }) => {
    audio.wake();
    const asked = target.closest?.("[data-ask]");
    if (asked) {
      const { ask: what, call = live().call ?? "", reason = "" } = asked.dataset;
      asked.closest("details")?.removeAttribute("open");
      ask(what, { call, reason }, asked.offsetParent ? asked : asked.closest("details"));
      boxes.close();
    }
    const box = target.closest?.("[data-box]")?.dataset.box;
    if (box && !boxes.toggle(box)) ask(box, { call: live().call ?? "" }, target.closest("[data-box]"));
    const acknowledged = target.closest?.("[data-acknowledge]");
    if (acknowledged) acknowledge(acknowledged);
    const pressed = target.closest?.("[data-phone]")?.dataset.phone;
    if (pressed === "accept") telephone.accept();
    if (pressed === "decline") telephone.decline();
    if (pressed === "hang-up") telephone.hangUp();
    if (pressed === "mute") telephone.dispatch({ type: "toggleMute" });
    if (pressed === "keypad") { boxes.close(); keypad.toggle(); }
    if (target.closest?.("[data-use-here]")) telephone.dispatch({ type: "useHere" });
  });
  document.addEventListener("keydown", () => audio.wake(), { passive: true });
  document.addEventListener("focusin", ({ target }) => { if (target.matches?.("textarea[data-key]")) target.scrollIntoView({ block: "nearest" }); });
  if ("toneTest" in desk.dataset) {
    setInterval(() => {
      const ring = ringer.level() > 0.05 ? "on" : "off";
      Object.assign(desk.dataset, { farHz: Math.round(audio.farTone()), farLevel: audio.farLevel().toFixed(2), ring });
    }, 20);
  }

  startClock();
  showState();
  sound.openMicrophone();
}
