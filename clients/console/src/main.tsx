import { createGatewayClient, webSocket } from '@optimization-gateway/client';
import { http } from '@optimization-gateway/client/http';
import { GatewayProvider } from '@optimization-gateway/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'uplot/dist/uPlot.min.css';
import './console.css';
import { App } from './App.tsx';
import { getToken } from './token.ts';

/** A gateway on this machine is there without any network, so what the browser says of that doesn't count. */
const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);

/**
 * The page is rendered as a whole, with what came in this time. On a slow machine that takes several frames, and with an update in each
 * frame there would be time for nothing else: React never got to parts that were deferred until the events paused.
 */
const batchMs = 100;

const client = createGatewayClient({
  url: 'ws/optimization',
  transports: [webSocket(), http()],
  batch: batchMs,
  networkEvents: !isLoopback,
  getToken,
});
const root = createRoot(document.querySelector('#app') as HTMLElement);
const show = (jobsApiUrl: string): void =>
  root.render(
    <StrictMode>
      <GatewayProvider client={client}>
        <App jobsApiUrl={jobsApiUrl} />
      </GatewayProvider>
    </StrictMode>,
  );

const retryMs = 3000;

/** Jobs can be watched without the settings: they only say whether jobs can be started and steered. */
for (let isShown = false; ; isShown = true) {
  try {
    const settings = (await (await fetch('console.json')).json()) as { readonly jobsApiUrl?: string };
    show(settings.jobsApiUrl ?? '');
    break;
  } catch {
    if (!isShown) show('');
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
