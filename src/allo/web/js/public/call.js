// The public page: one call, from the button to the end.
import { duration } from "../clock.js";
import { send } from "../desk/ask.js";
import { Keypad } from "../desk/keypad.js";
import { problemSentence } from "../desk/sound.js";
import { Audio, MicrophoneProblem } from "../phone/audio.js";
import { SipPhone } from "../phone/sip.js";
import { gettext } from "../words.js";
import { stage, words } from "./stages.js";

const LOOK_EVERY_MS = 1500;
const METER_MS = 80;

export function startCall(box) {
  const find = (name) => box.querySelector(`[data-${name}]`);
  const deed = (name) => box.querySelector(`[data-deed=${name}]`);
  const audio = new Audio({ element: document.getElementById("far"), isPlain: "toneTest" in box.dataset });
  const keypad = new Keypad(document.getElementById("keypad"), (key) => sip?.sendKey(key));
  let sip = null;
  let line = "idle";
  let told = {};
  let isMuted = false;
  let since = 0;
  let account = null;
  let why = "";

  function show() {
    const now = stage({ line, said: told.state });
    if (now === "talking" && box.dataset.state !== "talking" && !since) since = Date.now();
    box.dataset.state = now;
    const said = words(now, { place: told.place, why });
    find("title").textContent = said.title;
    find("text").textContent = said.text;
    const isOn = line === "starting" || line === "talking";
    deed("call").hidden = isOn;
    deed("call").querySelector("span").textContent = line === "ended" ? gettext("Call again") : gettext("Call");
    deed("end").hidden = !isOn;
    deed("mute").hidden = deed("keypad").hidden = line !== "talking";
    find("level-line").hidden = line !== "talking";
    find("time").hidden = !since;
    if (find("choices")) find("choices").hidden = isOn;
    if (line !== "talking") keypad.close();
    if (!document.getElementById("keypad").hidden !== (deed("keypad").getAttribute("aria-expanded") === "true")) {
      deed("keypad").setAttribute("aria-expanded", String(!document.getElementById("keypad").hidden));
    }
  }

  function problem(text) {
    find("problem").hidden = !text;
    find("problem-words").textContent = text;
  }

  function over(reason) {
    if (line === "idle" || line === "ended") return;
    line = "ended";
    why = reason;
    sip?.disconnect();
    audio.track?.stop();
    show();
  }

  async function begin() {
    if (line === "starting" || line === "talking") return;
    Object.assign(told, { state: "", place: null });
    [line, since, why, isMuted] = ["starting", 0, "", false];
    problem("");
    show();
    try {
      await audio.open();
    } catch (error) {
      line = "idle";
      problem(error instanceof MicrophoneProblem ? problemSentence(error.why) : String(error));
      show();
      return;
    }
    const answer = await send(box.dataset.phoneUrl, {}, { near: deed("end") });
    if (!answer.ok || line !== "starting") {
      line = line === "starting" ? "idle" : line;
      show();
      return;
    }
    account = await answer.response.json();
    const number = (box.querySelector("input[name=number]:checked") ?? box.querySelector("input[name=number]")).value;
    sip = new SipPhone({ account, play: (stream) => audio.play(stream), report: (event) => heard(event, number) });
    sip.connect({ register: false });
  }

  function heard({ type, code }, number) {
    if (type === "connected" && line === "starting" && !sip.current) sip.call(number, audio.stream);
    if (type === "confirmed") line = "talking";
    if (type === "ended") over(code >= 400 && code !== 487 ? gettext("The call could not be connected. Please try again in a moment.") : "");
    if (type === "socketLost" && line === "starting") over(gettext("No connection. Please try again in a moment."));
    show();
  }

  async function look() {
    if (line !== "talking" || !account) return;
    const answer = await send(box.dataset.stateUrl, { name: account.username }, { quiet: true });
    if (answer.ok) told = await answer.response.json();
    show();
  }

  deed("call").addEventListener("click", begin);
  deed("end").addEventListener("click", () => over(""));
  deed("keypad").addEventListener("click", () => { keypad.toggle(); show(); });
  deed("mute").addEventListener("click", () => {
    isMuted = !isMuted;
    sip?.setMuted(isMuted);
    deed("mute").setAttribute("aria-pressed", String(isMuted));
    deed("mute").querySelector("span").textContent = isMuted ? gettext("Unmute") : gettext("Mute");
  });
  document.addEventListener("click", () => audio.wake());
  window.addEventListener("pagehide", () => over(""));
  setInterval(look, LOOK_EVERY_MS);
  setInterval(() => {
    if (line === "talking") find("level").style.setProperty("--share", isMuted ? "0" : audio.level().toFixed(2));
    if (since && line !== "ended") find("time").textContent = duration((Date.now() - since) / 1000);
    if ("toneTest" in box.dataset) Object.assign(box.dataset, { farHz: Math.round(audio.farTone()), farLevel: audio.farLevel().toFixed(2) });
  }, METER_MS);
  show();
}
