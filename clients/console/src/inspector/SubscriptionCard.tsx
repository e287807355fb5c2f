import type { ReactNode } from 'react';
import { goByLink } from '../address.ts';
import { clock } from '../text.ts';
import type { Subscription } from './answers.ts';
import { Badge } from './Badge.tsx';
import { Fact } from './Fact.tsx';
import { bytes, count, seconds, why } from './words.ts';

/** One subscription: the answer first, then the numbers behind it. */
export function SubscriptionCard({ subscription: one }: { readonly subscription: Subscription }): ReactNode {
  const { upstream, queue, feed } = one;
  const reopens = Object.entries(upstream?.reopens ?? {});
  return (
    <article className="subscription" data-job={one.jobId} data-condition={one.condition} data-over={one.state === null || undefined}>
      <div className="row">
        <h3>
          <a href={`?job=${encodeURIComponent(one.jobId)}`} onClick={goByLink}>
            {one.jobId}
          </a>
        </h3>
        {one.state === null && one.condition !== 'failed' ? <span className="state">ended</span> : <Badge condition={one.condition} />}
      </div>
      <p className="why">{why(one)}</p>
      <Progress subscription={one} />
      <dl className="facts">
        <Fact name="Asked for">{one.afterEventId === null ? 'from now on' : `after event ${count(one.afterEventId)}`}</Fact>
        <Fact name="Took">
          {count(one.sent.events)} events, {bytes(one.sent.bytes)}
        </Fact>
        <Fact name="Queue">{queue.messages === 0 ? 'empty' : `${bytes(queue.bytes)} in ${count(queue.messages)} messages`}</Fact>
        <Fact name="Oldest waits">{seconds(one.lagSeconds)}</Fact>
        <Fact name="Backend">
          {upstream ? (
            <>
              {upstream.backend}
              {upstream.state === 'queued' && <span className="muted"> waits for its turn</span>}
              {upstream.replica && <span className="muted"> at {upstream.replica}</span>}
            </>
          ) : (
            'none'
          )}
        </Fact>
        <Fact name="Streams">
          {count(upstream?.streams ?? 0)}
          {reopens.length > 0 && <span className="muted"> ({reopens.map(([cause, times]) => `${cause} × ${times}`).join(', ')})</span>}
        </Fact>
        {feed && (
          <Fact name="Shared by">
            {count(feed.viewers)} viewers{' '}
            <span className="muted">
              (events {count(feed.floor + 1)} to {count(feed.head)} are held in {bytes(feed.bytes)}; the slowest lacks{' '}
              {bytes(feed.slowestBytes)})
            </span>
          </Fact>
        )}
        {upstream?.lastBreak && (
          <Fact name="Last break">
            {upstream.lastBreak.cause} <span className="muted">at {clock(upstream.lastBreak.at)}</span>
          </Fact>
        )}
        {one.lastError && (
          <Fact name="Last error told">
            {one.lastError.code} <span className="muted">at {clock(one.lastError.at)}</span>
          </Fact>
        )}
      </dl>
    </article>
  );
}

/** How far the client has come, how far what is queued goes, and how far the job is. */
function Progress({ subscription: { cursor, head, queue } }: { readonly subscription: Subscription }): ReactNode {
  if (cursor === null || !head) return null;
  const share = (id: number): number => Math.min(100, (id / head) * 100);
  return (
    <div className="progress">
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="rest" width="100" height="4" />
        <rect className="queued" width={share(queue.lastEventId ?? cursor)} height="4" />
        <rect className="taken" width={share(cursor)} height="4" />
      </svg>
      <small>
        Event {count(cursor)} of {count(head)}
      </small>
    </div>
  );
}
