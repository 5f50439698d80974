// Telephone and server tell different things for a moment whenever a call begins or ends. Only who has disagreed about
// the very same leg or call for a while is taken to be mistaken. No DOM and no clock here.
const LONG_MS = 4000;

export class Disagreement {
  constructor() {
    this.about = "";
    this.since = 0;
  }

  /** What they disagree about now ("" for nothing), and whether that has lasted; it is told once, then begins anew. */
  lasts(about, now) {
    if (about !== this.about) [this.about, this.since] = [about, now];
    if (!about || now - this.since < LONG_MS) return false;
    this.about = "";
    return true;
  }
}
