// A caller on hold for too long: a sound, again and again until the agent is back. No DOM here.
export const AGAIN_MS = 20_000;

export class Reminder {
  constructor(sound, { every = (deed, ms) => setInterval(deed, ms), stop = (timer) => clearInterval(timer) } = {}) {
    Object.assign(this, { sound, every, stop });
    this.timer = null;
  }

  follow(isLate) {
    if (isLate === (this.timer !== null)) return;
    if (isLate) {
      this.sound();
      this.timer = this.every(() => this.sound(), AGAIN_MS);
    } else {
      this.stop(this.timer);
      this.timer = null;
    }
  }
}
