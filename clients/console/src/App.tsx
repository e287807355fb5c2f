import { type ReactNode, useState } from 'react';
import { goByLink, useAddressedJob } from './address.ts';
import { ConnectionState } from './ConnectionState.tsx';
import { JobPage } from './JobPage.tsx';
import { JobsPanel } from './JobsPanel.tsx';
import { type JobsQuestion, useJobsList } from './jobs.ts';
import { TokenPrompt } from './TokenPrompt.tsx';
import { useNarrow } from './useNarrow.ts';
import { WatchById } from './WatchById.tsx';

export function App({ jobsApiUrl }: { readonly jobsApiUrl: string }): ReactNode {
  const jobId = useAddressedJob();
  const [question, setQuestion] = useState<JobsQuestion>({ state: '', text: '' });
  const list = useJobsList(question, jobId !== null);
  const listed = list.jobs?.find((job) => job.jobId === jobId);
  const isNarrow = useNarrow();
  const aside = (
    <aside key="aside" aria-label="Which job">
      <JobsPanel jobsApiUrl={jobsApiUrl} list={list} question={question} ask={setQuestion} watched={jobId} />
      <WatchById />
    </aside>
  );
  const main = (
    <main key="main" id="main" tabIndex={-1}>
      <TokenPrompt />
      {jobId ? (
        <JobPage key={jobId} jobId={jobId} jobsApiUrl={jobsApiUrl} listed={listed} steered={list.refresh} />
      ) : (
        <Empty canStart={!!jobsApiUrl} />
      )}
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

function Empty({ canStart }: { readonly canStart: boolean }): ReactNode {
  return (
    <section id="empty">
      <title>Optimization jobs</title>
      <svg viewBox="0 0 64 40" aria-hidden="true">
        <path d="M4 34h14V24h14V14h14V6h14" />
      </svg>
      <h1>Nothing is being watched</h1>
      <p className="muted">
        {canStart
          ? 'Choose a job, start one, or enter the id of any job to see it live.'
          : 'Choose a job, or enter the id of any job to see it live.'}
      </p>
    </section>
  );
}
