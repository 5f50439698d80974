// Times that tick. The server writes instants (POSIX seconds of its own clock) into the page:
//   <time data-since="1700000000.5">0:07</time>   counts up      <time data-until="…">0:12</time>   counts down
// A bar empties with style --left (1..0) where data-of gives the whole length in seconds. No DOM in the first part.

/** Seconds as 0:07, 12:05 or 1:02:05, never below zero. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** What a ticking time shows at `now` (server seconds): up from `since` or down to `until`, rounded up. */
export function shown({ since, until }, now) {
  return until ? duration(Math.ceil(until - now - 1e-6)) : duration(now - since);
}

/** Whole minutes until an instant, never below one: what is promised for "in N minutes". */
export function minutes(until, now) {
  return Math.max(1, Math.ceil((until - now) / 60 - 1e-6));
}

/** The server's clock, learnt from instants it sends: the smallest delay seen is the truest. */
export class ServerClock {
  constructor(read = () => Date.now() / 1000) {
    this.read = read;
    this.ahead = null;
  }

  /** The server said that it is `instant` now. A difference beyond 5 s means that one clock was set anew. */
  heard(instant) {
    const ahead = instant - this.read();
    if (this.ahead === null || ahead > this.ahead || Math.abs(ahead - this.ahead) > 5) this.ahead = ahead;
  }

  now() {
    return this.read() + (this.ahead ?? 0);
  }
}

export const clock = new ServerClock();

/** Shows all ticking times of the page as they are now. */
export function tick(root = document) {
  const now = clock.now();
  for (const one of root.querySelectorAll("[data-since], [data-until]")) {
    const times = { since: Number(one.dataset.since), until: Number(one.dataset.until) };
    if (one.dataset.of) {
      const left = (times.until - now) / Number(one.dataset.of);
      one.style.setProperty("--left", Math.max(0, Math.min(1, left)).toFixed(3));
    } else {
      const text = shown(times, now);
      if (one.textContent !== text) one.textContent = text;
    }
    const limit = Number(one.dataset.lateAfter);
    if (limit) one.classList.toggle("is-late", times.until ? times.until - now < limit : now - times.since > limit);
  }
  for (const one of root.querySelectorAll("[data-minutes-until]")) {
    const text = String(minutes(Number(one.dataset.minutesUntil), now));
    if (one.textContent !== text) one.textContent = text;
  }
}

export function startClock() {
  tick();
  return setInterval(tick, 250);
}
