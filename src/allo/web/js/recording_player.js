// The player of one recording: the caller's voice drawn above, the agent's below; play, seek, speed, all by keyboard too.
// The sound is asked for only when it is played: that is what the server writes down as listening. The event "allo:hush"
// pauses whatever plays.
import WaveSurfer from "wavesurfer.js";
import { duration } from "./clock.js";
import { onThemeChange, readColours } from "./colours.js";
import { nextSpeed, seekBy, speedWord } from "./player_steps.js";
import { fill, gettext } from "./words.js";

const TOKENS = ["--offered", "--on-call", "--ink"];
const STILL_TO_HEAR = 0.45;
const HEIGHT = 40;
const playing = new Set();

document.addEventListener("allo:hush", () => playing.forEach((one) => one.pause()));

const nonce = () => document.querySelector("meta[name=csp-nonce]")?.nonce ?? "";

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.append(text);
  return made;
}

function channels() {
  const colours = readColours(TOKENS);
  const pale = readColours(TOKENS, { share: STILL_TO_HEAR });
  const one = (token) => ({ waveColor: pale[token], progressColor: colours[token], height: HEIGHT });
  return { cursorColor: colours["--ink"], splitChannels: [one("--offered"), one("--on-call")] };
}

function build(place) {
  place.classList.add("player");
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", gettext("Recording"));
  const play = element("button", "button button--icon player__play");
  play.type = "button";
  const wave = element("div", "player__wave");
  wave.tabIndex = 0;
  wave.setAttribute("role", "slider");
  wave.setAttribute("aria-label", gettext("Place in the recording"));
  wave.setAttribute("aria-valuemin", "0");
  const names = element("div", "player__names");
  names.append(element("span", "player__caller", gettext("Caller")), element("span", "player__agent", gettext("Agent")));
  const time = element("span", "player__time");
  const speed = element("button", "button button--small button--quiet player__speed");
  speed.type = "button";
  const box = element("div", "player__box");
  box.append(play, names, wave, time, speed);
  place.replaceChildren(box);
  return { play, wave, time, speed };
}

function say(place, sentence) {
  place.classList.add("player");
  place.replaceChildren(element("p", "player__words quiet", sentence));
}

/** Turns `place` into the player of a recording. `isPlaying` begins at once; `key` presses Play from anywhere. */
export async function mountPlayer(place, recording, { isPlaying = false, key = "" } = {}) {
  place.classList.add("player");
  const answer = await fetch(`/reports/recordings/${recording}/loudness`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    say(place, found.sentence ?? gettext("The recording could not be opened. Try again."));
    return null;
  }
  const parts = build(place);
  if (key) Object.assign(parts.play.dataset, { key, keyTitle: gettext("Play or pause the recording") });
  const surfer = new WaveSurfer({
    container: parts.wave, media: quietAudio(), url: found.sound, peaks: found.channels, duration: found.length_s,
    cspNonce: nonce(), cursorWidth: 2, barWidth: 2, barGap: 1, barRadius: 2, dragToSeek: true, ...channels(),
  });
  connect(place, parts, surfer, found.length_s);
  // Before it is ready there is no sound to play yet, and the wish would be lost.
  if (isPlaying) surfer.once("ready", () => surfer.play().catch(() => {}));
  return surfer;
}

function quietAudio() {
  const audio = new Audio();
  audio.preload = "none";
  return audio;
}

function connect(place, { play, wave, time, speed }, surfer, length) {
  let rate = 1;
  const show = () => {
    const at = surfer.getCurrentTime();
    const isOn = surfer.isPlaying();
    play.classList.toggle("is-playing", isOn);
    play.setAttribute("aria-label", isOn ? gettext("Pause") : gettext("Play"));
    time.textContent = `${duration(at)} / ${duration(length)}`;
    speed.textContent = speedWord(rate, document.documentElement.lang);
    speed.setAttribute("aria-label", fill(gettext("Speed: %(speed)s"), { speed: speed.textContent }));
    wave.setAttribute("aria-valuemax", length.toFixed(0));
    wave.setAttribute("aria-valuenow", at.toFixed(0));
    wave.setAttribute("aria-valuetext", fill(gettext("%(at)s of %(length)s"), { at: duration(at), length: duration(length) }));
  };
  const endTheme = onThemeChange(() => surfer.setOptions(channels()));
  const watch = new MutationObserver(() => { if (!place.isConnected || !place.contains(wave)) surfer.destroy(); });
  watch.observe(document.body, { childList: true, subtree: true });
  surfer.on("destroy", () => { watch.disconnect(); endTheme(); playing.delete(surfer); });
  surfer.on("play", () => {
    for (const other of playing) if (other !== surfer) other.pause();
    playing.add(surfer);
    show();
  });
  for (const event of ["pause", "finish", "timeupdate", "seeking", "ready"]) surfer.on(event, show);
  surfer.on("error", () => say(place, gettext("The sound cannot be played. Reload the page and try again.")));
  play.addEventListener("click", () => surfer.playPause());
  speed.addEventListener("click", () => { rate = nextSpeed(rate); surfer.setPlaybackRate(rate, true); show(); });
  wave.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") surfer.playPause();
    else {
      const to = seekBy(event.key, surfer.getCurrentTime(), length);
      if (to === null) return;
      surfer.setTime(to);
    }
    event.preventDefault();
    event.stopPropagation();
  });
  show();
}
