import type { ReactNode } from 'react';
import { goByLink, useAddressedJob } from './address.ts';
import { ConnectionState } from './ConnectionState.tsx';
import { JobPage } from './JobPage.tsx';
import { JobsPanel } from './JobsPanel.tsx';
import { useJobsList } from './jobsApi.ts';
import { TokenPrompt } from './TokenPrompt.tsx';
import { useNarrow } from './useNarrow.ts';
import { WatchById } from './WatchById.tsx';

export function App({ jobsApiUrl }: { readonly jobsApiUrl: string }): ReactNode {
  const jobId = useAddressedJob();
  const list = useJobsList(jobsApiUrl);
  const isNarrow = useNarrow();
  const aside = (
    <aside key="aside" aria-label="Which job">
      {jobsApiUrl && <JobsPanel jobsApiUrl={jobsApiUrl} list={list} watched={jobId} />}
      <WatchById />
    </aside>
  );
  const main = (
    <main key="main" id="main" tabIndex={-1}>
      <TokenPrompt />
      {jobId ? <JobPage key={jobId} jobId={jobId} jobsApiUrl={jobsApiUrl} steered={list.refresh} /> : <Empty hasJobs={!!jobsApiUrl} />}
    </main>
  );
  return (
    <>
      <a className="skip" href="#main">
        Skip to the job
      </a>
      <header>
        <a className="brand" href="./" onClick={goByLink}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 13V10h4V7h4V3h4" />
          </svg>
          Optimization jobs
        </a>
        <ConnectionState />
      </header>
      {/* In the order in which it is seen: the keyboard and screen readers follow that. */}
      <div id="columns">{isNarrow && jobId ? [main, aside] : [aside, main]}</div>
    </>
  );
}

function Empty({ hasJobs }: { readonly hasJobs: boolean }): ReactNode {
  return (
    <section id="empty">
      <title>Optimization jobs</title>
      <svg viewBox="0 0 64 40" aria-hidden="true">
        <path d="M4 34h14V24h14V14h14V6h14" />
      </svg>
      <h1>Nothing is being watched</h1>
      <p className="muted">
        {hasJobs ? 'Choose a job, start one, or enter the id of any job to see it live.' : 'Enter the id of a job to see it live.'}
      </p>
    </section>
  );
}
