// Sound as numbers: cutting, levels, and writing a WAV file. No DOM, no audio devices here.

/** Mixes channels (Float32Arrays of one length) to one. */
export function mixToMono(channels) {
  const mono = new Float32Array(channels[0].length);
  for (const channel of channels) for (let i = 0; i < mono.length; i += 1) mono[i] += channel[i] / channels.length;
  return mono;
}

/** The part between two shares 0..1 of the whole; at least one sample. */
export function cut(samples, from, to) {
  const start = Math.max(0, Math.min(samples.length - 1, Math.floor(samples.length * Math.min(from, to))));
  const end = Math.max(start + 1, Math.ceil(samples.length * Math.max(from, to)));
  return samples.subarray(start, Math.min(end, samples.length));
}

/** Loudness 0..1 on a scale of decibels: 0 at -60 dBFS and below, 1 at full level. */
export function level(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.max(0, Math.min(1, 1 + decibels / 60));
}

/** The largest absolute value in each of `count` equal slices, for drawing. */
export function peaks(samples, count) {
  const found = new Float32Array(count);
  for (let slice = 0; slice < count; slice += 1) {
    const end = Math.floor(((slice + 1) * samples.length) / count);
    for (let i = Math.floor((slice * samples.length) / count); i < end; i += 1) {
      found[slice] = Math.max(found[slice], Math.abs(samples[i]));
    }
  }
  return found;
}

/** A 16-bit mono WAV file as an ArrayBuffer. */
export function toWav(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, word) => { for (let i = 0; i < word.length; i += 1) view.setUint8(at + i, word.charCodeAt(i)); };
  text(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => {
    const limited = Math.max(-1, Math.min(1, sample));
    view.setInt16(44 + i * 2, Math.round(limited * 32767), true);
  });
  return view.buffer;
}
