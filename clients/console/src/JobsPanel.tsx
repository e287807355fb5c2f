import { type ReactNode, useState } from 'react';
import { addressOf, go, goByLink } from './address.ts';
import { type JobsList, type ListedJob, startJob } from './jobsApi.ts';
import { isFinal } from './outcome.ts';
import { StartJob } from './StartJob.tsx';
import { StateBadge } from './StateBadge.tsx';
import { number } from './text.ts';

interface Props {
  readonly jobsApiUrl: string;
  readonly list: JobsList;
  readonly watched: string | null;
}

/** The jobs of the jobs API, and a way to start one. */
export function JobsPanel({ jobsApiUrl, list, watched }: Props): ReactNode {
  const { jobs, trouble, refresh } = list;
  const [refusal, setRefusal] = useState('');
  const start = async (request: object): Promise<void> => {
    try {
      setRefusal('');
      go(addressOf(await startJob(jobsApiUrl, request)));
    } catch (error) {
      setRefusal((error as Error).message);
    }
    refresh();
  };
  return (
    <section aria-labelledby="jobs-title">
      <h2 id="jobs-title">Jobs</h2>
      {refusal && (
        <p id="api-error" className="notice bad" role="alert">
          {refusal}
        </p>
      )}
      {trouble && (
        <p id="jobs-trouble" className="notice" role="status">
          {trouble} {jobs && 'The list may be old.'}
        </p>
      )}
      {!trouble && !jobs?.length && (
        <p id="jobs-note" className="muted">
          {jobs ? 'None yet.' : 'Asking for them…'}
        </p>
      )}
      {!!jobs?.length && (
        <ul id="jobs">
          {jobs.map((job) => (
            <JobLink key={job.jobId} job={job} isOld={trouble !== ''} isWatched={job.jobId === watched} />
          ))}
        </ul>
      )}
      <StartJob start={start} />
    </section>
  );
}

function JobLink({ job, isOld, isWatched }: { readonly job: ListedJob; readonly isOld: boolean; readonly isWatched: boolean }): ReactNode {
  const { jobId, state, promptId, config, iteration, bestScore } = job;
  return (
    <li>
      <a href={addressOf(jobId)} onClick={goByLink} aria-current={isWatched ? 'page' : undefined}>
        <b>{jobId}</b>
        <StateBadge state={state} isOld={isOld && !isFinal(state)} />
        <small>
          {promptId} · {iteration}/{config.maxIterations} · best {number(bestScore)}
        </small>
      </a>
    </li>
  );
}
