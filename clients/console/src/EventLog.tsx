import type { JobEvent, JsonValue } from '@optimization-gateway/client';
import { memo, type ReactNode, useState } from 'react';
import { clock, isToday, number } from './text.ts';

/** Rows on the page at first, and with each press of the button: so a long history costs no more than a short one. */
const rowsAtOnce = 200;

interface Props {
  readonly events: readonly JobEvent[];
  /** How many there were, also those that the page has let go. */
  readonly count: number;
}

/** The events, newest first; each opens to its data as JSON. */
export const EventLog = memo(function EventLog({ events, count }: Props): ReactNode {
  const [most, setMost] = useState(rowsAtOnce);
  const rows = events.slice(-most).reverse();
  const latest = rows[0];
  const older = events.length - rows.length;
  return (
    <section aria-labelledby="events-title">
      <div className="row">
        <h2 id="events-title">Events</h2>
        {latest && (
          <span id="events-note" className="muted">
            {older > 0
              ? `the newest ${rows.length.toLocaleString()} of ${count.toLocaleString()}`
              : `${count.toLocaleString()}, newest first`}
          </span>
        )}
      </div>
      {!latest && <p className="quiet">They are listed once the page has caught up.</p>}
      <ol id="events" hidden={!latest} data-dated={latest !== undefined && !isToday(latest.timestamp)}>
        {rows.map((event) => (
          <Row key={event.id} event={event} />
        ))}
      </ol>
      {older > 0 && (
        <button type="button" id="older" onClick={() => setMost(most + rowsAtOnce)}>
          Show {Math.min(older, rowsAtOnce)} older events
        </button>
      )}
    </section>
  );
});

/** Events never change, so a row is rendered once. */
const Row = memo(function Row({ event }: { readonly event: JobEvent }): ReactNode {
  const { id, timestamp, eventType, iteration, data } = event;
  const [isOpen, setOpen] = useState(false);
  return (
    <li data-id={id}>
      <details onToggle={(toggle) => setOpen(toggle.currentTarget.open)}>
        <summary>
          <span className="id">{id}</span>
          <time dateTime={timestamp}>{clock(timestamp)}</time>
          <b data-type={eventType}>{eventType}</b>
          <span className="iteration">it. {iteration}</span>
          <span className="data">
            {Object.entries(data).map(([name, value]) => (
              <span key={name}>
                <i>{name}</i> {brief(value)}{' '}
              </span>
            ))}
          </span>
        </summary>
        {isOpen && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys can only scroll what has the focus.
          <pre tabIndex={0}>{JSON.stringify(event, null, 2)}</pre>
        )}
      </details>
    </li>
  );
});

/** As much of a value as one line has room for. */
function brief(value: JsonValue | undefined): string {
  if (typeof value === 'number') return number(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
