// What the server renders and the browser hydrates with React: two roots, the first one with a part that the server sends late.

import { createElement, type ReactNode, Suspense, use } from 'react';
import type { GatewayClient } from '../../../src/index.ts';
import { GatewayProvider, useConnection, useJob } from '../../../src/react.ts';

function Shown({ id }: { readonly id: string }): ReactNode {
  const job = useJob('job-1');
  const stage = useJob('job-1', { select: ({ stage }) => stage });
  const { state } = useConnection();
  return createElement('p', { id }, `${job.status} ${job.state} ${stage} ${state}`);
}

/** The server waits; the browser has all it needs. */
function Late({ until }: { readonly until: Promise<void> | undefined }): ReactNode {
  if (until) use(until);
  return createElement(Shown, { id: 'late' });
}

interface Props {
  readonly client: GatewayClient;
  readonly until?: Promise<void>;
}

export function First({ client, until }: Props): ReactNode {
  const late = createElement(Suspense, { fallback: '…' }, createElement(Late, { until }));
  // Within an element: what is at the top could still be the page's head, and React would hold all back for it.
  return createElement(GatewayProvider, { client }, createElement('main', null, createElement(Shown, { id: 'first' }), late));
}

export function Second({ client }: Props): ReactNode {
  return createElement(GatewayProvider, { client }, createElement(Shown, { id: 'second' }));
}
