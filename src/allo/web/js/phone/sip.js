// JsSIP under the state machine: one account, one conversation. Knows SIP and peer connections, decides
// nothing. What happens is reported as events of machine.js.
import JsSIP from "jssip";

const MEDIA_MAY_PAUSE_MS = 2000;
const OLD_LEG_MAY_STAY_MS = 5000;
const RING_FOR_AT_MOST_S = 180;

export class SipPhone {
  /** account: {username, password, uri, ws_url}; report(event); play(stream) gets the far side's sound. */
  constructor({ account, report, play, isMuted = () => false }) {
    this.account = account;
    this.report = report;
    this.play = play;
    this.isMuted = isMuted;
    this.current = null;
    this.incoming = null;
    this.ua = null;
  }

  connect({ register = true } = {}) {
    this.disconnect();
    const { uri, username, password, ws_url: address } = this.account;
    const ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(address)],
      uri,
      authorization_user: username,
      password,
      register,
      register_expires: 120,
      session_timers: false,
      no_answer_timeout: RING_FOR_AT_MOST_S,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 2,
      user_agent: "Allo",
    });
    const ours = (tell) => (...args) => { if (this.ua === ua) tell(...args); };
    ua.on("connected", ours(() => this.report({ type: "connected" })));
    ua.on("registered", ours(() => this.report({ type: "registered" })));
    ua.on("disconnected", ours(() => this.report({ type: "socketLost" })));
    ua.on("registrationFailed", ours(({ response }) => {
      if (response) this.report({ type: "refused", code: response.status_code });
    }));
    ua.on("newRTCSession", ours(({ originator, session, request }) => {
      if (originator === "remote") this.#take(session, request);
    }));
    this.ua = ua;
    ua.start();
  }

  /** Registers again at once: the far side may have forgotten us. */
  register() {
    if (this.ua?.isConnected()) this.ua.register();
  }

  /** A fresh password for the same account; what is talked about now goes on. */
  renew(account) {
    this.account = account;
    this.ua.set("password", account.password);
    this.register();
  }

  /**
   * Another page has the telephone. Its conversation goes there, so nothing is hung up or refused here: the old leg
   * stays, silent, until the centre has the new one and ends it.
   */
  leave() {
    const { ua } = this;
    const left = [this.current, this.incoming].filter((one) => one && !one.session.isEnded());
    this.ua = null;
    this.current = this.incoming = null;
    if (!left.length) {
      ua?.stop();
      return;
    }
    ua.unregister();
    for (const { session } of left) {
      if (session.isEstablished()) session.mute({ audio: true });
      for (const over of ["ended", "failed"]) session.on(over, () => ua.stop());
    }
  }

  disconnect() {
    const ua = this.ua;
    this.ua = null;
    this.current = this.incoming = null;
    ua?.stop();
  }

  call(number, stream) {
    const session = this.ua.call(number, { mediaStream: stream, ...options() });
    this.current = this.#follow(session, "");
  }

  answer(stream, { isMuted = false } = {}) {
    this.current = this.incoming ?? this.current;
    this.incoming = null;
    // The microphone is one for all calls: muting the call before has switched it off.
    for (const track of stream.getAudioTracks()) track.enabled = !isMuted;
    this.current.session.answer({ mediaStream: stream, ...options() });
  }

  ring() {
    this.current = this.incoming;
    this.incoming = null;
  }

  reject() { this.#end(this.current, { status_code: 603 }); }

  rejectNew() {
    this.#end(this.incoming, { status_code: 486 });
    this.incoming = null;
  }

  drop() {
    this.#end(this.current);
    this.current = null;
  }

  /** The old leg is hung up by the centre once the new one talks; by us only if that never comes. */
  forgetOld() {
    const old = this.current;
    this.current = null;
    setTimeout(() => this.#end(old), OLD_LEG_MAY_STAY_MS);
  }

  renegotiate() { this.current?.session.renegotiate(); }

  setMuted(isMuted) {
    if (!this.current) return;
    if (isMuted) this.current.session.mute({ audio: true });
    else this.current.session.unmute({ audio: true });
  }

  sendKey(key) { this.current?.session.sendDTMF(key, { transportType: "RFC2833", duration: 160 }); }

  async useTrack(track) {
    const session = this.current?.session;
    const sender = session?.connection?.getSenders().find((one) => one.track?.kind === "audio");
    if (!sender) return;
    track.enabled = !session.isMuted().audio;
    await sender.replaceTrack(track);
  }

  async stats() {
    const connection = this.current?.session.connection;
    return connection && connection.connectionState === "connected" ? connection.getStats() : null;
  }

  #take(session, request) {
    const header = (name) => request.getHeader(name) ?? "";
    const leg = header("X-Allo-Leg") || session.id;
    this.incoming = this.#follow(session, leg);
    this.report({
      type: "invite",
      leg,
      call: header("X-Allo-Call"),
      isAuto: header("X-Allo-Auto-Answer").toLowerCase() === "yes",
      isMuted: this.isMuted(),
    });
  }

  #follow(session, leg) {
    const one = { session, leg };
    session.on("peerconnection", ({ peerconnection }) => this.#followMedia(peerconnection, one));
    // An outgoing call has its connection before anybody could listen for it.
    if (session.connection) this.#followMedia(session.connection, one);
    session.on("icecandidate", ({ candidate, ready }) => {
      // Waiting for every address costs seconds; the first one that can carry sound is enough.
      if (/ udp /i.test(candidate.candidate)) ready();
    });
    session.on("progress", () => this.report({ type: "progress", leg }));
    session.on("confirmed", () => this.report({ type: "confirmed", leg }));
    const over = ({ cause, message }) => {
      clearTimeout(one.pause);
      this.report({ type: "ended", leg, cause, code: message?.status_code ?? 0 });
      if (this.current === one) this.current = null;
    };
    session.on("ended", over);
    session.on("failed", over);
    return one;
  }

  #followMedia(connection, one) {
    if (one.connection === connection) return;
    one.connection = connection;
    connection.addEventListener("track", ({ streams, track }) => this.play(streams[0] ?? new MediaStream([track])));
    connection.addEventListener("connectionstatechange", () => {
      clearTimeout(one.pause);
      if (this.current !== one) return;
      const lost = () => this.report({ type: "mediaLost", leg: one.leg });
      const state = connection.connectionState;
      if (state === "connected") this.report({ type: "mediaBack", leg: one.leg });
      else if (state === "disconnected") one.pause = setTimeout(lost, MEDIA_MAY_PAUSE_MS);
      else if (state === "failed") lost();
    });
  }

  #end(one, reason) {
    if (one && !one.session.isEnded()) {
      try {
        one.session.terminate(reason);
      } catch {
        // It ended in the very same moment.
      }
    }
  }
}

function options() {
  // No STUN: the centre's own address is reachable, or a relay of the installation's is needed anyway.
  return { pcConfig: { iceServers: [] }, rtcAnswerConstraints: {}, rtcOfferConstraints: { offerToReceiveAudio: true } };
}
