/** PROTOCOL.md section 2 allows 100 messages at once and 50 a second. Somewhat less is sent, since messages can bunch up on their way. */
const atOnce = 90;
const intervalMs = 25;

/** Calls each `send` now or a little later, and in order. */
export type Pace = (send: () => void) => void;

/** Spaces out what is sent as far as it has to be: what the gateway refuses it drops unread, and doesn't say what it was. */
export function paced(): Pace {
  // Up to when the allowance is used, by a clock that never jumps. A connection begins with all of it.
  let usedUntil = Number.NEGATIVE_INFINITY;
  return (send) => {
    const now = performance.now();
    usedUntil = Math.max(usedUntil, now - atOnce * intervalMs) + intervalMs;
    if (usedUntil > now) setTimeout(send, usedUntil - now);
    else send();
  };
}
