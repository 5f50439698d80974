// Sounds made here: the ring (two soft notes, again and again), and short notes for "connected" and "ended".

const RING = [[659, 0, 0.5], [880, 0.18, 0.6]];
const RING_EVERY_MS = 2400;
const NOTES = { ended: [[523, 0, 0.18], [392, 0.13, 0.25]], back: [[523, 0, 0.15], [659, 0.1, 0.22]] };

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

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }

  note(name) { this.#play(NOTES[name]); }

  get #way() {
    if (!this.output) {
      const context = this.audio.context;
      this.output = context.createMediaStreamDestination();
      this.element = new window.Audio();
      this.element.srcObject = this.output.stream;
    }
    return this.output;
  }

  #play(notes) {
    const context = this.audio.context;
    const way = this.#way;
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
