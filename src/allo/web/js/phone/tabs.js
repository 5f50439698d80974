// Several tabs of one person: the one opened (or chosen) last has the telephone, the others are told.

export class Tabs {
  constructor(person, onTaken, Channel = globalThis.BroadcastChannel) {
    this.id = Math.random().toString(36).slice(2);
    this.channel = Channel ? new Channel(`allo-phone-${person}`) : null;
    this.channel?.addEventListener("message", ({ data }) => { if (data.claimedBy !== this.id) onTaken(); });
  }

  /** Tells all others that the telephone is here now. */
  claim() { this.channel?.postMessage({ claimedBy: this.id }); }
}
