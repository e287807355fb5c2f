// @vitest-environment happy-dom

import { act, createElement, type ReactNode, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGatewayClient } from '../src/index.ts';
import { GatewayProvider, useConnection, useJob } from '../src/react.ts';
import { type Bench, bench, benchOfBoth, blockSockets, confirm, controlOf, dataOf, event, events, settle } from './harness.ts';

let b: Bench;
let root: Root;

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.useFakeTimers();
  b = bench({ storage: false, networkEvents: false });
  root = createRoot(document.body.appendChild(document.createElement('div')));
});

afterEach(async () => {
  await act(async () => {
    root.unmount();
    b.client.close();
    await settle(60_000);
  });
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

async function render(children: ReactNode): Promise<void> {
  await act(async () => {
    root.render(createElement(StrictMode, null, createElement(GatewayProvider, { client: b.client }, children)));
    await Promise.resolve();
  });
  await act(() => settle());
}

function Best({ jobId }: { jobId: string | null }): ReactNode {
  const { status, bestScore } = useJob(jobId);
  return `${status} ${bestScore}`;
}

it('Components of one job share one subscription, also under StrictMode, and give it back', async () => {
  await render([createElement(Best, { key: 1, jobId: 'job-1' }), createElement(Best, { key: 2, jobId: 'job-1' })]);
  expect(b.gateway.socket.received.map(({ type }) => type)).toEqual(['subscribe']);
  await act(async () => {
    confirm(b, events(1, 2));
    await settle();
  });
  expect(document.body.textContent).toBe('live 0.02live 0.02');
  await render(createElement(Best, { key: 1, jobId: 'job-2' }));
  expect(b.gateway.socket.received.map(({ type }) => type)).toEqual(['subscribe', 'subscribe', 'unsubscribe']);
  await render(createElement(Best, { key: 1, jobId: null }));
  expect(b.gateway.socket.received.at(-1)).toEqual({ type: 'unsubscribe', jobId: 'job-2' });
  expect(document.body.textContent).toBe('idle null');
});

it('With select a component renders only when its part changes', async () => {
  let renders = 0;
  function Stage(): ReactNode {
    renders++;
    const { stage } = useJob('job-1', { select: ({ stage }) => ({ stage }) });
    return stage;
  }
  await render(createElement(Stage));
  await act(async () => {
    confirm(b, events(1, 2));
    await settle();
  });
  expect(document.body.textContent).toBe('evaluate');
  const before = renders;
  await act(async () => {
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(3) });
    await settle();
  });
  expect(renders).toBe(before);
});

it('A job goes on over HTTP where sockets are blocked', async () => {
  b = benchOfBoth({ storage: false, networkEvents: false });
  await render(createElement(Best, { jobId: 'job-1' }));
  await act(async () => {
    confirm(b, events(1, 2));
    await settle();
  });
  let asked: string[] = [];
  await act(async () => {
    asked = await blockSockets(b, dataOf('e1', 3, 4) + controlOf('e1', 4));
  });
  expect(asked).toEqual(['/jobs/job-1/events?offset=0000000000000002_ZTE&live=sse']);
  expect(document.body.textContent).toBe('live 0.04');
});

it('The connection is shown as it is', async () => {
  function Connection(): ReactNode {
    const { state, reason } = useConnection();
    return `${state} ${reason}`;
  }
  await render([createElement(Connection, { key: 1 }), createElement(Best, { key: 2, jobId: 'job-1' })]);
  await act(async () => {
    b.gateway.socket.end(1012, 'restarting');
    await settle();
  });
  expect(document.body.textContent).toBe('reconnecting restartingstale null');
});

it('A server, which has no page that an address could be relative to, can make a client', () => {
  vi.stubGlobal('location', undefined);
  const client = createGatewayClient({ url: '/ws/optimization' });
  expect(client.state).toBe('idle');
});

it('A server renders without connecting', () => {
  const html = renderToString(createElement(GatewayProvider, { client: b.client }, createElement(Best, { jobId: 'job-1' })));
  expect(html).toBe('idle null');
  expect(b.gateway.sockets).toHaveLength(0);
});

it('A hook without a provider says what is missing', () => {
  expect(() => renderToString(createElement(Best, { jobId: 'job-1' }))).toThrow('There is no GatewayProvider above this component.');
});
