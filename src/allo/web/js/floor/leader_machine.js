// What a team leader wishes to do in a conversation, and the telephone that it needs first. No DOM, no SIP, no clock:
// `next(state, event)` gives the new state and the deeds, as phone/machine.js does.
//
//   press (listen, whisper, step in)
//     the phone is connected  -> ask at once
//     it is off               -> open the microphone, connect, then ask
//     it is in another window -> bring it here, then ask
//     it is on its way        -> ask as soon as it is there
// One wish at a time: a later press replaces the one before. A wish that waits too long, or a microphone that does not
// open, is dropped with a sentence: a leader must never find themselves listening minutes later.

export const START = Object.freeze({ line: "off", wish: null });

const OPENS = { off: "openPhone", taken: "useHere" };

/** The new state and the deeds, each {deed, wish?}. */
export function next(state, event) {
  const handle = HANDLERS[event.type];
  if (!handle) throw new Error(`The leader's phone knows no event ${event.type}`);
  const [changes, ...deeds] = handle(state, event);
  return [Object.freeze({ ...state, ...changes }), deeds];
}

const HANDLERS = {
  press: (state, { what, call }) => {
    const wish = { what, call };
    if (state.line === "registered") return [{ wish: null }, { deed: "ask", wish }];
    const opens = OPENS[state.line];
    return [{ wish }, ...(opens ? [{ deed: opens }] : []), { deed: "startWaiting" }];
  },

  line: (state, { line }) => {
    if (line === "registered" && state.wish) return [{ line, wish: null }, { deed: "stopWaiting" }, { deed: "ask", wish: state.wish }];
    return [{ line }];
  },

  waitedTooLong: (state) => (state.wish ? [{ wish: null }, { deed: "sayTooLong" }] : [{}]),

  noMicrophone: (state) => (state.wish ? [{ wish: null }, { deed: "stopWaiting" }] : [{}]),
};
