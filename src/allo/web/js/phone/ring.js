// Sounds made here: the ring (two soft notes, again and again), and short notes for what must not be missed.
import { level } from "../wav.js";

const FADE_S = 0.015;
const RING = [[659, 0, 0.5], [880, 0.18, 0.6]];
const RING_EVERY_MS = 2400;
const WAKES_WITHIN_MS = 500;
const NOTES = {
  ended: [[523, 0, 0.18], [392, 0.13, 0.25]],
  back: [[523, 0, 0.15], [659, 0.1, 0.22]],
  late: [[784, 0, 0.16], [784, 0.24, 0.16], [988, 0.48, 0.3]],
  help: [[880, 0, 0.2], [698, 0.2, 0.2], [880, 0.4, 0.2], [698, 0.6, 0.35]],
};

export class Ringer {
  constructor(audio) {
    this.audio = audio;
    this.timer = null;
  }

  start() {
    this.stop();
    this.#play(RING);
    this.timer = setInterval(() => this.#play(RING), RING_EVERY_MS);
  }

  /** At once: a note that still sounds would be heard over the caller's first words. */
  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.way?.gain.setTargetAtTime(0, this.audio.context.currentTime, FADE_S);
  }

  note(name) { this.#play(NOTES[name]); }

  /** Would a note be heard now? Before the first click a browser keeps them all, and would play them at once with it. */
  async isAble() {
    const { context } = this.audio;
    if (context.state !== "running") {
      const patience = new Promise((resolve) => { setTimeout(resolve, WAKES_WITHIN_MS); });
      await Promise.race([context.resume().catch(() => {}), patience]);
    }
    return context.state === "running";
  }

  /** Loudness of what sounds now, 0..1. */
  level() {
    if (!this.way) return 0;
    if (!this.ear) {
      this.ear = this.audio.context.createAnalyser();
      this.ear.window = new Float32Array(1024);
      this.way.connect(this.ear);
    }
    this.ear.getFloatTimeDomainData(this.ear.window);
    return level(this.ear.window);
  }

  #open() {
    const context = this.audio.context;
    const output = context.createMediaStreamDestination();
    this.way = new GainNode(context);
    this.way.connect(output);
    this.element = new window.Audio();
    this.element.srcObject = output.stream;
  }

  #play(notes) {
    const context = this.audio.context;
    if (!this.way) this.#open();
    const way = this.way;
    way.gain.cancelScheduledValues(context.currentTime);
    way.gain.setValueAtTime(1, context.currentTime);
    this.audio.sendToRinger(this.element);
    this.element.play().catch(() => {}); // no click on this page yet: the browser stays silent, the title still blinks
    for (const [hertz, after, lasts] of notes) {
      const start = context.currentTime + after;
      const tone = new OscillatorNode(context, { frequency: hertz, type: "sine" });
      const loudness = new GainNode(context, { gain: 0 });
      loudness.gain.setValueAtTime(0, start);
      loudness.gain.linearRampToValueAtTime(0.28, start + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.001, start + lasts);
      tone.connect(loudness).connect(way);
      tone.start(start);
      tone.stop(start + lasts);
    }
  }
}
