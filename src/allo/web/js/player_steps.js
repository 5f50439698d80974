// The player's steps, without DOM: speeds, and where a key leads in a recording.
const SPEEDS = [1, 1.25, 1.5, 2];
const STEP_S = 5;
const FAR_STEP_S = 30;

/** The speed after this one, around. */
export const nextSpeed = (rate) => SPEEDS[(SPEEDS.indexOf(rate) + 1) % SPEEDS.length];

/** A speed as people write it: 1.5× or 1,5×. */
export const speedWord = (rate, language) => `${new Intl.NumberFormat(language || "en").format(rate)}×`;

/** The instant to which a key leads from `at`, within the recording; null for keys that are not ours. */
export function seekBy(key, at, length) {
  const steps = { ArrowLeft: -STEP_S, ArrowRight: STEP_S, PageDown: -FAR_STEP_S, PageUp: FAR_STEP_S, Home: -Infinity, End: Infinity };
  if (!Object.hasOwn(steps, key)) return null;
  return Math.min(length, Math.max(0, at + steps[key]));
}
