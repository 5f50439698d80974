// Microphone, loudspeaker and ringer of this computer. The microphone is opened once and stays open, so that
// answering takes no time; each choice is remembered in this browser.
import { level } from "../wav.js";

const KEPT = { input: "allo.microphone", output: "allo.speaker", ringer: "allo.ringer" };

/** Why there is no microphone: "insecure", "denied", "missing", "busy". */
export class MicrophoneProblem extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

const WHY = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing" };

export class Audio {
  /** element: the <audio> that plays the conversation. isPlain: nothing may change the sound (tests with tones). */
  constructor({ element, isPlain = false, store = localStorage, onMicrophoneEnded = () => {} }) {
    this.element = element;
    this.isPlain = isPlain;
    this.store = store;
    this.onMicrophoneEnded = onMicrophoneEnded;
    this.stream = null;
    this.far = null;
  }

  get context() {
    this.made ??= new AudioContext({ latencyHint: "interactive" });
    return this.made;
  }

  /** Opens the microphone (again, after another one was chosen). Throws MicrophoneProblem. */
  async open() {
    if (!navigator.mediaDevices) throw new MicrophoneProblem("insecure");
    const wanted = this.store.getItem(KEPT.input);
    const old = this.stream;
    this.stream = await this.#ask(wanted ? { exact: wanted } : undefined);
    old?.getTracks().forEach((track) => track.stop());
    this.track.addEventListener("ended", this.onMicrophoneEnded);
    this.near = this.#listenTo(this.stream);
    this.context.resume();
    return this.stream;
  }

  get track() { return this.stream?.getAudioTracks()[0] ?? null; }

  async #ask(deviceId) {
    const cleaning = !this.isPlain;
    const audio = { deviceId, echoCancellation: cleaning, noiseSuppression: cleaning, autoGainControl: cleaning };
    try {
      return await navigator.mediaDevices.getUserMedia({ audio });
    } catch (error) {
      if (deviceId && WHY[error.name] === "missing") {
        this.store.removeItem(KEPT.input); // the remembered one is unplugged
        return this.#ask(undefined);
      }
      throw new MicrophoneProblem(WHY[error.name] ?? "busy");
    }
  }

  #listenTo(stream) {
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 4096;
    analyser.smoothingTimeConstant = 0.2;
    this.context.createMediaStreamSource(stream).connect(analyser);
    analyser.window = new Float32Array(1024);
    return analyser;
  }

  /** Loudness of the microphone, 0..1. */
  level() { return loudness(this.near); }

  /** Loudness of the far side, 0..1. */
  farLevel() { return loudness(this.far); }

  /** The strongest frequency of the far side in Hz, 0 in silence. */
  farTone() {
    if (!this.far || this.farLevel() < 0.2) return 0;
    const bins = new Float32Array(this.far.frequencyBinCount);
    this.far.getFloatFrequencyData(bins);
    const strongest = bins.indexOf(bins.reduce((most, one) => Math.max(most, one), -Infinity));
    return (strongest * this.context.sampleRate) / this.far.fftSize;
  }

  play(stream) {
    this.element.srcObject = stream;
    this.element.play().catch(() => {}); // started again by the next key or click, see wake()
    this.far = this.#listenTo(stream);
    this.#send(this.element, KEPT.output);
  }

  /** The far side is not heard here any more. */
  hush() {
    this.element.srcObject = null;
    this.far = null;
  }

  /** After a key or click: browsers let sound play only then. */
  wake() {
    if (this.made?.state === "suspended") this.made.resume();
    if (this.element.srcObject && this.element.paused) this.element.play().catch(() => {});
  }

  async devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const of = (kind) => all.filter((one) => one.kind === kind && one.deviceId).map(({ deviceId, label }) => ({ id: deviceId, label }));
    return { input: of("audioinput"), output: of("audiooutput"), ringer: of("audiooutput") };
  }

  /** What was chosen for "input", "output" or "ringer"; "" is the system's own choice. */
  chosen(what) { return this.store.getItem(KEPT[what]) ?? ""; }

  remember(what, id) {
    if (id) this.store.setItem(KEPT[what], id);
    else this.store.removeItem(KEPT[what]);
    if (what === "output") this.#send(this.element, KEPT.output);
  }

  sendToRinger(element) { this.#send(element, KEPT.ringer); }

  #send(element, key) {
    if (!element.setSinkId) return; // this browser lets the system choose
    element.setSinkId(this.store.getItem(key) ?? "").catch(() => this.store.removeItem(key));
  }
}

function loudness(analyser) {
  if (!analyser) return 0;
  analyser.getFloatTimeDomainData(analyser.window);
  return level(analyser.window);
}
