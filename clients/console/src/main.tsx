import { createGatewayClient } from '@optimization-gateway/client';
import { GatewayProvider } from '@optimization-gateway/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'uplot/dist/uPlot.min.css';
import './console.css';
import { App } from './App.tsx';

/** A gateway on this machine is there without any network, so what the browser says of that doesn't count. */
const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);

const client = createGatewayClient({ url: 'ws/optimization', networkEvents: !isLoopback });
const settings = (await (await fetch('console.json')).json()) as { readonly jobsApiUrl: string };

createRoot(document.querySelector('#app') as HTMLElement).render(
  <StrictMode>
    <GatewayProvider client={client}>
      <App jobsApiUrl={settings.jobsApiUrl} />
    </GatewayProvider>
  </StrictMode>,
);
