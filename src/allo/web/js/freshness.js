// Is what the page shows true now? No DOM here; instants of this computer are milliseconds, of the server seconds.
const BEAT_DUE_MS = 5000; // beats come every 2 s

export class Freshness {
  constructor() {
    this.heardAt = null;
    this.awaySince = null;
    this.serverNow = 0;
  }

  beat(nowMs, serverNow, awaySince) {
    this.heardAt = nowMs;
    this.serverNow = serverNow;
    this.awaySince = awaySince;
  }

  /** {isStale, cause: "link" | "control" | null, seconds} */
  look(nowMs) {
    this.startedAt ??= nowMs;
    const silentMs = nowMs - (this.heardAt ?? this.startedAt);
    if (silentMs > BEAT_DUE_MS) return { isStale: true, cause: "link", seconds: Math.floor(silentMs / 1000) };
    if (this.awaySince !== null) {
      const seconds = Math.max(0, Math.floor(this.serverNow + silentMs / 1000 - this.awaySince));
      // A restart of a second is no news.
      return { isStale: seconds >= 2, cause: "control", seconds };
    }
    return { isStale: false, cause: null, seconds: 0 };
  }
}
