// How good the connection of a conversation is, in one word, from what the browser measures. No DOM.
// The rating is a shortened E-model (ITU-T G.107): delay and loss each take away from what G.711 can give.

export const WORDS = Object.freeze(["unknown", "bad", "weak", "fair", "good", "excellent"]);

const BEST_R = 93.2;
const CODEC_AND_BUFFER_MS = 25;
const LIMITS = [[50, "bad"], [65, "weak"], [75, "fair"], [84, "good"]];

/** R of the E-model, 0..93: rtt and jitter in milliseconds, loss as a share 0..1. */
export function rating({ rttMs = 0, jitterMs = 0, loss = 0 }) {
  const delay = rttMs / 2 + 2 * jitterMs + CODEC_AND_BUFFER_MS;
  const delayCost = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  const percent = loss * 100;
  const lossCost = (95 * percent) / (percent + 4.3);
  return Math.max(0, BEST_R - delayCost - lossCost);
}

/** {word, bars 0..5} for a measurement; where nothing came (on hold, say) nothing is known, and nothing is excellent. */
export function judge(measured) {
  if (!measured || (measured.isSilent && !measured.loss)) return { word: "unknown", bars: 0 };
  const r = rating(measured);
  const [, word] = LIMITS.find(([limit]) => r < limit) ?? [0, "excellent"];
  return { word, bars: WORDS.indexOf(word) };
}

/** What happened between two reports of getStats (each an iterable of [id, stats] or a Map). */
export function compare(before, now) {
  const sound = (report) => find(report, (one) => one.type === "inbound-rtp" && one.kind === "audio");
  const heard = sound(now);
  if (!heard) return null;
  const earlier = (before && sound(before)) ?? { packetsReceived: 0, packetsLost: 0 };
  const received = heard.packetsReceived - earlier.packetsReceived;
  const lost = Math.max(0, heard.packetsLost - earlier.packetsLost);
  const far = find(now, (one) => one.type === "remote-inbound-rtp");
  const pair = find(now, (one) => one.type === "candidate-pair" && one.nominated && one.currentRoundTripTime !== undefined);
  const rtt = far?.roundTripTime ?? pair?.currentRoundTripTime ?? 0;
  return {
    rttMs: rtt * 1000,
    jitterMs: (heard.jitter ?? 0) * 1000,
    loss: received + lost > 0 ? lost / (received + lost) : 0,
    isSilent: received === 0,
  };
}

/** The same measures from a few round trips to the server (milliseconds), before any call. */
export function fromRoundTrips(times) {
  if (!times.length) return null;
  const sorted = [...times].sort((a, b) => a - b);
  const rttMs = sorted[Math.floor(sorted.length / 2)];
  const jitterMs = times.reduce((sum, time) => sum + Math.abs(time - rttMs), 0) / times.length;
  return { rttMs, jitterMs, loss: 0 };
}

function find(report, fits) {
  const values = report.values ? report.values() : Object.values(report);
  for (const one of values) if (fits(one)) return one;
  return null;
}
