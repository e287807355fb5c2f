import type { ReactNode } from 'react';
import { goByLink } from '../address.ts';
import { clock, duration, sentence } from '../text.ts';
import type { Connection } from './answers.ts';
import { usePolled } from './ask.ts';
import { CloseConnection } from './CloseConnection.tsx';
import { Fact } from './Fact.tsx';
import { Freshness } from './Freshness.tsx';
import { Loading } from './Loading.tsx';
import { SubscriptionCard } from './SubscriptionCard.tsx';
import { Timeline } from './Timeline.tsx';
import { bytes, count, nameOf, transportNames } from './words.ts';

/** All about one connection, while it is there and afterwards. */
export function ConnectionView({ id }: { readonly id: string }): ReactNode {
  const polled = usePolled<Connection>(`inspector/connections/${encodeURIComponent(id)}`);
  const connection = polled.answer;
  const isGone = polled.refusal?.code === 'connection_not_found';
  return (
    <>
      <title>{`${id} – Inspector`}</title>
      <a className="back" href="?" onClick={goByLink}>
        ← All connections
      </a>
      {isGone ? (
        <section id="gone" className="panel">
          <h1>{id}</h1>
          <p className="notice">{sentence(polled.refusal?.message ?? '')}</p>
        </section>
      ) : (
        <Freshness polled={polled} />
      )}
      {!connection && !polled.refusal && <Loading />}
      {connection && !isGone && <Details connection={connection} again={polled.again} />}
    </>
  );
}

function Details({ connection, again }: { readonly connection: Connection; readonly again: () => void }): ReactNode {
  const { who, end, subscriptions, timeline } = connection;
  const lasted = Date.parse(end?.at ?? connection.at) - Date.parse(connection.since);
  return (
    <>
      <section id="about" className="panel" data-state={connection.state}>
        <div className="row">
          <h1>{nameOf(who)}</h1>
          <span className="state" data-state={connection.state}>
            {connection.state}
          </span>
          {connection.state === 'open' && <CloseConnection id={connection.id} closed={again} />}
        </div>
        {end && (
          <p id="end" className="notice">
            <b>{end.reason}</b> at {clock(end.at)}
            {end.closeCode === null ? ', without a close code: nothing could be sent any more.' : `, close code ${end.closeCode}.`}
          </p>
        )}
        <dl className="facts">
          <Fact name="Connection">{connection.id}</Fact>
          <Fact name="Address">
            {who.address}
            {who.port !== null && `:${who.port}`}
          </Fact>
          <Fact name="Transport">{transportNames[who.transport]}</Fact>
          <Fact name={end ? 'Lasted' : 'Connected for'}>{duration(lasted)}</Fact>
          <Fact name="Took">
            {count(connection.sent.events)} events, {bytes(connection.sent.bytes)}
          </Fact>
          <Fact name="Waits for it">{bytes(connection.queuedBytes)}</Fact>
          <Fact name="Messages from it">{count(connection.messagesReceived)}</Fact>
          {connection.replays + connection.replaysWaiting > 0 && (
            <Fact name="Replays">
              {connection.replays} running, {connection.replaysWaiting} waiting
            </Fact>
          )}
          {who.origin && <Fact name="Page of">{who.origin}</Fact>}
          {who.userAgent && (
            <Fact name="Browser" isWide>
              {who.userAgent}
            </Fact>
          )}
        </dl>
      </section>
      <section className="panel">
        <h2>{subscriptions.length === 1 ? 'Subscription' : `${count(connection.subscriptionCount)} subscriptions`}</h2>
        {subscriptions.length === 0 && <p className="quiet">It watches nothing.</p>}
        {subscriptions.map((one) => (
          <SubscriptionCard key={one.jobId} subscription={one} />
        ))}
        {connection.subscriptionCount > subscriptions.length && <p className="muted">The first {count(subscriptions.length)} were kept.</p>}
      </section>
      <section className="panel">
        <h2>What happened</h2>
        <Timeline entries={timeline} dropped={connection.timelineDropped} />
      </section>
    </>
  );
}
