// The telephone of a desk as a state machine: no DOM, no SIP library, no clock. `next(state, event)` gives
// the new state and the deeds to be done, in order; whoever runs it does them and reports what happened.
//
//   line (the registration)                          talk (the one conversation)
//   off ──start──► connecting ──registered──►        none ──invite──► ringing ──accept──► answering
//        ▲             │  ▲        registered        ▲  ▲                │ decline           │ confirmed
//        │             │  │ back        │            │  └────────────────┘                   ▼
//     useHere       refused          socketLost      │                               ┌──► talking
//        │             │  │             ▼            └───────────── ended ───────────┤       │ media lost
//      taken ◄─────────┴──┴─────────── lost                                          │       ▼
//        (another tab or computer has the phone)                                     └── reattaching
//
// Hold is no state of the telephone: the caller is put on music far away, our leg stays as it is.
// Reattaching: this page was reloaded (or lost its sound) in mid-call, and the centre rings it with a mark
// that says "answer at once".

export const START = Object.freeze({ line: "off", talk: "none", leg: "", call: "", isMuted: false });

const IDLE = { talk: "none", leg: "", call: "", isMuted: false };
const HAS_PHONE = new Set(["connecting", "registered", "lost", "refused"]);

/** The new state and the deeds: [state, [deed, …]]. An event that makes no sense now changes nothing. */
export function next(state, event) {
  const handle = HANDLERS[event.type];
  if (!handle) throw new Error(`The telephone knows no event ${event.type}`);
  const [changes, ...deeds] = handle(state, event) ?? [{}];
  return [Object.freeze({ ...state, ...changes }), deeds];
}

const isRinging = (state) => state.talk === "ringing";
const isConnected = (state) => state.talk === "talking" || state.talk === "reattaching";
const isAbout = (state, event) => !event.leg || event.leg === state.leg;

const HANDLERS = {
  start: (state) => (state.line === "off" ? [{ line: "connecting" }, "claim", "connect"] : undefined),

  registered: (state) => {
    if (!HAS_PHONE.has(state.line)) return undefined;
    // A conversation that outlived the websocket must be told the new address, or its end never arrives.
    if (state.talk === "talking") return [{ line: "registered" }, ...(state.line === "lost" ? ["renegotiate"] : [])];
    return [{ line: "registered" }, "attach"];
  },

  socketLost: (state) => {
    if (!HAS_PHONE.has(state.line)) return undefined;
    // What rings cannot be answered any more: the far side has forgotten it.
    const isOver = isRinging(state) || state.talk === "answering";
    return isOver ? [{ line: "lost", ...IDLE }, "stopRing", "drop"] : [{ line: "lost" }];
  },

  refused: (state) => (HAS_PHONE.has(state.line) ? [{ line: "refused" }, "renew"] : undefined),

  invite: (state, { leg, call, isAuto, isMuted = false }) => {
    if (!HAS_PHONE.has(state.line)) return [{}, "rejectNew"];
    // A reloaded page has forgotten that it was muted; the centre has not.
    const incoming = { leg, call, isMuted: isAuto && (state.isMuted || isMuted) };
    if (isAuto) {
      const old = state.talk === "none" ? [] : ["stopRing", "forgetOld"];
      return [{ ...incoming, talk: "answering" }, ...old, "answer"];
    }
    if (state.talk !== "none") return [{}, "rejectNew"];
    return [{ ...incoming, talk: "ringing" }, "ring"];
  },

  accept: (state) => (isRinging(state) ? [{ talk: "answering" }, "stopRing", "answer"] : undefined),

  decline: (state) => (isRinging(state) ? [IDLE, "stopRing", "reject"] : undefined),

  confirmed: (state, event) => {
    if (state.talk !== "answering" || !isAbout(state, event)) return undefined;
    return state.isMuted ? [{ talk: "talking" }, "mute"] : [{ talk: "talking" }];
  },

  mediaLost: (state) => {
    if (state.talk !== "talking") return undefined;
    return [{ talk: "reattaching" }, ...(state.line === "registered" ? ["attach"] : [])];
  },

  mediaBack: (state) => (state.talk === "reattaching" ? [{ talk: "talking" }] : undefined),

  ended: (state, event) => {
    if (state.talk === "none" || !isAbout(state, event)) return undefined;
    return [IDLE, "stopRing"];
  },

  hangUp: (state) => (isConnected(state) || state.talk === "answering" ? [{}, "askHangUp"] : undefined),

  toggleMute: (state) => {
    if (!isConnected(state)) return undefined;
    return [{ isMuted: !state.isMuted }, state.isMuted ? "unmute" : "mute", "tellMuted"];
  },

  // The centre says that there is no call of ours (it was ended while we were not connected).
  nothingThere: (state) => (state.talk === "none" ? undefined : [IDLE, "stopRing", "drop"]),

  taken: (state) => (HAS_PHONE.has(state.line) ? [{ line: "taken", ...IDLE }, "stopRing", "leave"] : undefined),

  useHere: (state) => (state.line === "taken" ? [{ line: "connecting" }, "claim", "connect"] : undefined),

  stop: () => [{ line: "off", ...IDLE }, "stopRing", "disconnect"],
};
