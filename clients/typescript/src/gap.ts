import type { GatewayError } from './errors.ts';
import type { Gap } from './snapshot.ts';

/** What each means to people. The gateway's own text, which `error.message` has, is for programmers. */
const texts: { readonly [code: string]: string } = {
  history_truncated: 'Older events of this job are gone.',
  cursor_ahead: 'The history of this job is shorter now.',
  epoch_changed: 'The history of this job is a new one.',
  bad_event: 'An event of this job cannot be shown.',
} satisfies { [code in Gap['code']]: string };

/** How a gap is left: from where the next `subscribe` asks, and whether what was known is dropped. */
export interface Way {
  readonly from: number | 'latest';
  readonly startsOver: boolean;
}

/** The gap that an error tells of, and its two ways out; `null` for an error that is none. */
export function gapOf({ code, details }: GatewayError, lastEventId: number, go: (way: Way) => void): Gap | null {
  const message = texts[code];
  if (!message) return null;
  const { earliestEventId = null, latestEventId = null, eventId } = details;
  // Events are put behind those we have only if they are known to be later ones of the same log.
  const goesOn = code === 'history_truncated' && (earliestEventId ?? 0) > lastEventId;
  const other = code === 'cursor_ahead' || code === 'epoch_changed';
  return {
    code: code as Gap['code'],
    message,
    lastEventId,
    earliestEventId,
    latestEventId,
    restart: () => go({ from: 0, startsOver: !goesOn }),
    skip: () => go({ from: (code === 'bad_event' && eventId) || 'latest', startsOver: other }),
  };
}
