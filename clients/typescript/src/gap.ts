import type { GatewayError } from './errors.ts';
import type { Gap } from './snapshot.ts';

/** What each means to people. The gateway's own text, which `error.message` has, is for programmers. */
const texts: { readonly [code: string]: string } = {
  history_truncated: 'Older events are gone.',
  cursor_ahead: 'The history is shorter now.',
  epoch_changed: 'The history is a new one.',
  bad_event: 'An event cannot be shown.',
} satisfies { [code in Gap['code']]: string };

/** The gap that an error tells of; `null` for an error that is none. `go` leaves it: from where, and whether what was known is dropped. */
export function gapOf(
  { code, details }: GatewayError,
  lastEventId: number,
  go: (from: number | 'latest', startsOver: boolean) => void,
): Gap | null {
  const message = texts[code];
  if (!message) return null;
  const { earliestEventId = null, latestEventId = null, eventId } = details;
  // Events are put behind those we have only if they are known to be later ones of the same log.
  // An id that isn't known, `null`, is never above another.
  const goesOn = code === 'history_truncated' && (earliestEventId as number) > lastEventId;
  const isOther = code === 'cursor_ahead' || code === 'epoch_changed';
  return {
    code: code as Gap['code'],
    message,
    lastEventId,
    earliestEventId,
    latestEventId,
    restart: () => go(0, !goesOn),
    skip: () => go((code === 'bad_event' && eventId) || 'latest', isOther),
  };
}
