// Recording a greeting: microphone with a level meter, cutting both ends, listening, and handing the
// result to the form's file field as if it had been uploaded.
import { cut, level, mixToMono, peaks, toWav } from "./wav.js";
import { gettext } from "./words.js";

const LONGEST_S = 60;

export function startRecorder(box, fileField) {
  const button = box.querySelector("[data-record]");
  const words = box.querySelector("[data-recorder-words]");
  const time = box.querySelector("[data-recorder-time]");
  const meter = box.querySelector(".meter");
  const result = box.querySelector("[data-recorder-result]");
  const audio = box.querySelector("[data-recorder-audio]");
  const canvas = box.querySelector("canvas");
  const [from, to] = ["start", "end"].map((end) => box.querySelector(`[data-trim=${end}]`));
  let running = null;
  let samples = null;
  let rate = 48000;

  const say = (text) => { words.textContent = text; };
  const show = (isOn) => {
    button.querySelector("span").textContent = isOn ? gettext("Stop") : gettext("Record again");
    button.classList.toggle("button--danger", isOn);
  };
  const draw = () => {
    const { width, height } = canvas;
    const pen = canvas.getContext("2d");
    const start = Math.min(from.value, to.value) / 1000;
    const end = Math.max(from.value, to.value) / 1000;
    const ink = getComputedStyle(canvas).color;
    pen.clearRect(0, 0, width, height);
    peaks(samples, width / 4).forEach((peak, i, all) => {
      const place = i / all.length;
      pen.globalAlpha = place < start || place > end ? 0.25 : 1;
      pen.fillStyle = ink;
      const tall = Math.max(2, peak * height);
      pen.fillRect(i * 4, (height - tall) / 2, 3, tall);
    });
  };
  const give = () => {
    const part = cut(samples, from.value / 1000, to.value / 1000);
    const file = new File([toWav(part, rate)], "recording.wav", { type: "audio/wav" });
    const carrier = new DataTransfer();
    carrier.items.add(file);
    fileField.files = carrier.files;
    URL.revokeObjectURL(audio.src);
    audio.src = URL.createObjectURL(file);
    draw();
  };

  async function begin() {
    if (!navigator.mediaDevices) {
      say(gettext("The browser gives the microphone only to secure pages: open this one by https or on this computer."));
      return;
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: true } });
    } catch (error) {
      say(error.name === "NotFoundError"
        ? gettext("No microphone found. Plug one in and try again.")
        : gettext("The microphone is not allowed. Press the lock beside the address and allow it."));
      return;
    }
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const recorder = new MediaRecorder(stream);
    const chunks = [];
    const window_ = new Float32Array(analyser.fftSize);
    const began = performance.now();
    recorder.ondataavailable = ({ data }) => chunks.push(data);
    recorder.onstop = async () => {
      clearInterval(running.timer);
      running = null;
      show(false);
      meter.firstElementChild.style.setProperty("--share", 0);
      stream.getTracks().forEach((track) => track.stop());
      const sound = await context.decodeAudioData(await new Blob(chunks).arrayBuffer());
      rate = sound.sampleRate;
      samples = mixToMono(Array.from({ length: sound.numberOfChannels }, (_, i) => sound.getChannelData(i)));
      context.close();
      [from.value, to.value] = [0, 1000];
      result.hidden = false;
      say(level(samples) < 0.25 ? gettext("This is very quiet. Come closer to the microphone.") : gettext("Cut the ends if needed, listen, then save."));
      give();
    };
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(window_);
      const loud = level(window_);
      meter.firstElementChild.style.setProperty("--share", loud);
      meter.classList.toggle("meter--hot", loud > 0.95);
      meter.setAttribute("aria-valuenow", Math.round(loud * 100));
      const seconds = Math.floor((performance.now() - began) / 1000);
      time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= LONGEST_S) recorder.stop();
    }, 60);
    running = { recorder, timer };
    recorder.start();
    show(true);
    say(gettext("Recording… at most a minute."));
  }

  button.addEventListener("click", () => (running ? running.recorder.stop() : begin()));
  for (const slider of [from, to]) slider.addEventListener("input", () => samples && give());
}
