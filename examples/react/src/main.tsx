import { createGatewayClient } from '@optimization-gateway/client';
import { GatewayProvider } from '@optimization-gateway/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { JobProgress } from './JobProgress.tsx';

const query = new URLSearchParams(location.search);
const client = createGatewayClient({ url: query.get('gateway') ?? 'ws://127.0.0.1:8080/ws/optimization' });

createRoot(document.querySelector('#app') as HTMLElement).render(
  <StrictMode>
    <GatewayProvider client={client}>
      <JobProgress jobId={query.get('job') ?? 'job-1'} />
    </GatewayProvider>
  </StrictMode>,
);
