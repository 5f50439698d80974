// Carries out what the machine decides: the account from the server, SIP, microphone, ring, requests.
import { START, next } from "../phone/machine.js";
import { SipPhone } from "../phone/sip.js";
import { send } from "./ask.js";
import { Disagreement } from "./disagreement.js";

const AGAIN_MS = [500, 1000, 2000, 4000];

export class Telephone {
  constructor({ urls, audio, ringer, tabs, desk, onChange }) {
    Object.assign(this, { urls, audio, ringer, tabs, desk, onChange });
    this.state = START;
    this.sip = null;
    this.attempt = 0;
    this.renewals = 0;
    this.wanted = "";
    this.disagreement = new Disagreement();
    setInterval(() => this.#compareWithServer(), 1000);
  }

  dispatch(event) {
    const before = this.state;
    const [state, deeds] = next(before, event);
    this.state = state;
    if (event.type === "registered") this.renewals = 0;
    for (const deed of deeds) this[`do_${deed}`](event);
    if (event.type === "invite" && this.wanted === event.leg) this.dispatch({ type: "accept" });
    if (state !== before) this.onChange(this.state, before, event);
  }

  /** Accepts what rings; if the page knows of the offer sooner than the telephone, as soon as it rings. */
  accept() {
    if (this.state.talk === "none") this.wanted = this.desk().leg;
    this.dispatch({ type: "accept" });
  }

  /** Pressed a moment after accepting, while the page still shows the offer, it ends the call. */
  decline() {
    if (this.state.talk === "ringing") this.dispatch({ type: "decline" });
    else if (this.state.talk === "none") this.ask("decline", { call: this.desk().call });
    else this.hangUp();
  }

  hangUp() {
    if (this.state.talk === "none") this.ask("hang-up", { call: this.desk().call });
    else this.dispatch({ type: "hangUp" });
  }

  /** A call about which this agent was asked has been passed on to them. */
  becomesMine() { if (this.state.isMuted) this.do_tellMuted(); }

  ask(what, fields = {}, options = {}) {
    return send(this.urls.ask.replace(/x$/, what), fields, options);
  }

  async #account(renew = "") {
    const answer = await send(this.urls.phone, { page: this.tabs.id, renew }, { quiet: true });
    if (answer.ok) {
      this.attempt = 0;
      return answer.response.json();
    }
    if (answer.code === "taken") this.dispatch({ type: "taken" });
    const wait = AGAIN_MS[Math.min(this.attempt++, AGAIN_MS.length - 1)];
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, answer.code === "signed_out" ? 3_600_000 : wait);
      document.body.addEventListener("allo:signed-in", () => { clearTimeout(timer); resolve(); }, { once: true });
    });
    return null;
  }

  async do_connect() {
    let account = null;
    while (!account && this.state.line === "connecting") account = await this.#account();
    if (!account || this.state.line !== "connecting") return;
    this.sip?.disconnect();
    this.sip = new SipPhone({
      account,
      report: (event) => { if (event.type in KNOWN) this.dispatch(event); },
      play: (stream) => this.audio.play(stream),
      isMuted: () => this.desk().muted === "yes",
    });
    this.sip.connect();
  }

  /** Our account is not valid any more: a fresh one, without touching a conversation that goes on. */
  async do_renew() {
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS[Math.min(this.renewals++, AGAIN_MS.length - 1)]); });
    let account = null;
    while (!account && this.state.line === "refused") account = await this.#account("yes");
    if (!account || this.state.line !== "refused") return;
    this.sip.renew(account);
  }

  do_claim() { this.tabs.claim(); }
  do_disconnect() { this.sip?.disconnect(); }
  do_leave() { this.sip?.leave(); this.audio.hush(); }
  do_answer() { this.wanted = ""; this.sip.answer(this.audio.stream, { isMuted: this.state.isMuted }); }
  do_ring() { this.sip.ring(); this.ringer.start(); }
  do_stopRing() { this.ringer.stop(); }
  do_reject() { this.sip.reject(); }
  do_rejectNew() { this.sip.rejectNew(); }
  do_forgetOld() { this.sip.forgetOld(); }
  do_drop() { this.sip.drop(); }
  do_renegotiate() { this.sip.renegotiate(); }
  do_mute() { this.sip.setMuted(true); }
  do_unmute() { this.sip.setMuted(false); }
  do_askHangUp() { this.sip.drop(); }
  do_attach() { this.ask("attach", {}, { quiet: true }); }
  /** Who is only asked is muted here alone: what the centre keeps is about the agent of the call. */
  do_tellMuted() {
    if (this.desk().phase === "asked") return;
    this.ask(this.state.isMuted ? "mute" : "unmute", { call: this.state.call || this.desk().call }, { quiet: true });
  }

  /** After a while of disagreement the server is believed: a call that is over, or one that must be brought back. */
  #compareWithServer() {
    const { phase, isFresh, call, callState } = this.desk();
    const hasCall = phase === "offer" || phase === "talk" || phase === "asked";
    const isLost = phase === "talk" && this.state.talk === "none";
    const isGhost = !hasCall && this.state.talk !== "none";
    const isComparable = isFresh && this.state.line === "registered";
    const about = isLost ? `lost ${call}` : isGhost ? `ghost ${this.state.leg}` : "";
    if (!this.disagreement.lasts(isComparable ? about : "", Date.now())) return;
    if (isGhost) this.dispatch({ type: "nothingThere" });
    else if (callState) this.do_attach();
  }
}

const KNOWN = Object.fromEntries(
  ["registered", "socketLost", "refused", "invite", "confirmed", "ended", "mediaLost", "mediaBack"].map((one) => [one, true]),
);
