import type { ConnectionState as State } from '@optimization-gateway/client';
import { useConnection, useGateway } from '@optimization-gateway/client/react';
import type { ReactNode } from 'react';
import { duration } from './text.ts';
import { tokenHelps } from './token.ts';
import { useNow } from './useNow.ts';

const texts: { readonly [Name in State]: string } = {
  idle: 'nothing to watch',
  connecting: 'connecting',
  open: 'connected',
  reconnecting: 'reconnecting',
  offline: 'offline',
  closed: 'disconnected',
};

/** The state of the one WebSocket: why it is away, and when it is tried again. */
export function ConnectionState(): ReactNode {
  const client = useGateway();
  const connection = useConnection();
  const { state, reason, retryAt } = connection;
  const waitsForToken = tokenHelps(connection);
  const mayTry = (state === 'closed' && !waitsForToken) || (state === 'reconnecting' && retryAt !== null);
  return (
    <div id="connection" data-state={state}>
      <span className="lamp" aria-hidden="true" />
      <span>
        <span id="connection-text" role="status">
          {waitsForToken ? 'waits for a token' : texts[state]}
          {reason && state !== 'offline' && !waitsForToken && `: ${reason}`}
        </span>
        {retryAt !== null && <Countdown to={retryAt} />}
      </span>
      {mayTry && (
        <button type="button" onClick={() => client.connect()}>
          {state === 'closed' ? 'Connect' : 'Try now'}
        </button>
      )}
    </div>
  );
}

function Countdown({ to }: { readonly to: number }): ReactNode {
  return (
    <>
      {' · '}
      <span id="connection-countdown">next try in {duration(to - useNow())}</span>
    </>
  );
}
