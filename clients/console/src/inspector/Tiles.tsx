import type { ReactNode } from 'react';
import type { Summary } from './answers.ts';
import { bytes, count } from './words.ts';

/** All of them in six numbers. */
export function Tiles({ summary }: { readonly summary: Summary }): ReactNode {
  const { conditions, backends } = summary;
  const troubled = backends.filter((backend) => backend.isTroubled);
  return (
    <>
      {summary.isDraining && (
        <p id="draining" className="notice" role="status">
          <b>The gateway is shutting down.</b> It closes the connections one after the other; the clients come back elsewhere.
        </p>
      )}
      <dl id="totals" className="tiles">
        <div>
          <dt>Connections</dt>
          <dd id="connections">{count(summary.connections)}</dd>
        </div>
        <div>
          <dt>Subscriptions</dt>
          <dd id="subscriptions">{count(summary.subscriptions)}</dd>
        </div>
        <div data-tone={conditions.slow_reader > 0 ? 'warn' : undefined}>
          <dt>Slow readers</dt>
          <dd id="slow">{count(conditions.slow_reader)}</dd>
        </div>
        <div data-tone={conditions.backend_away > 0 ? 'bad' : undefined}>
          <dt>Backend away</dt>
          <dd id="backend-away">{count(conditions.backend_away)}</dd>
        </div>
        <div>
          <dt>Waiting for clients</dt>
          <dd id="queued">{bytes(summary.queuedBytes)}</dd>
        </div>
        <div data-tone={troubled.length > 0 ? 'bad' : undefined}>
          <dt>Backends</dt>
          <dd id="backends">
            {troubled.length > 0 ? `${troubled.map((backend) => backend.name).join(', ')} troubled` : `${backends.length} ok`}
          </dd>
        </div>
      </dl>
    </>
  );
}
