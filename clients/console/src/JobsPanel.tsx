import { useJob } from '@optimization-gateway/client/react';
import { type ReactNode, useState } from 'react';
import { addressOf, go, goByLink } from './address.ts';
import type { JobsList, JobsQuestion, ListedJob } from './jobs.ts';
import { startJob } from './jobsApi.ts';
import { isFinal } from './outcome.ts';
import { StartJob } from './StartJob.tsx';
import { StateBadge } from './StateBadge.tsx';
import { number } from './text.ts';

interface Props {
  readonly jobsApiUrl: string;
  readonly list: JobsList;
  readonly question: JobsQuestion;
  readonly ask: (question: JobsQuestion) => void;
  readonly watched: string | null;
}

const states = ['queued', 'running', 'paused', 'completed', 'failed', 'cancelled'];

/** The jobs that the gateway lists, and a way to start one where there is a jobs API. */
export function JobsPanel({ jobsApiUrl, list, question, ask, watched }: Props): ReactNode {
  const { jobs, missing, hasMore, trouble, refresh, more } = list;
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
      <search>
        <input
          id="jobs-text"
          type="search"
          aria-label="Search jobs"
          placeholder="Search by id, prompt, data set"
          maxLength={256}
          value={question.text}
          onChange={(change) => ask({ ...question, text: change.target.value })}
        />
        <select
          id="jobs-state"
          aria-label="State"
          value={question.state}
          onChange={(change) => ask({ ...question, state: change.target.value })}
        >
          <option value="">any state</option>
          {states.map((state) => (
            <option key={state}>{state}</option>
          ))}
        </select>
      </search>
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
      {missing.length > 0 && (
        <p id="jobs-missing" className="notice" role="status">
          Jobs are missing: {missing.map(({ backend, code }) => `${backend} (${code})`).join(', ')}.
        </p>
      )}
      {!trouble && !jobs?.length && (
        <p id="jobs-note" className="muted">
          {noteOf(jobs !== null, question)}
        </p>
      )}
      {!!jobs?.length && (
        <ul id="jobs">
          {jobs.map((job) =>
            job.jobId === watched ? (
              <WatchedJobLink key={job.jobId} job={job} isOld={trouble !== ''} />
            ) : (
              <JobLink key={job.jobId} job={job} isOld={trouble !== ''} isWatched={false} />
            ),
          )}
        </ul>
      )}
      {hasMore && (
        <button id="jobs-more" type="button" onClick={more}>
          Show more
        </button>
      )}
      {jobsApiUrl && <StartJob start={start} />}
    </section>
  );
}

function noteOf(isAnswered: boolean, { state, text }: JobsQuestion): string {
  if (!isAnswered) return 'Asking for them…';
  return state || text ? 'None matches.' : 'None yet.';
}

/** The job that is shown beside the list: both say the same. */
function WatchedJobLink({ job, isOld }: { readonly job: ListedJob; readonly isOld: boolean }): ReactNode {
  const { state, iteration, bestScore, status } = useJob(job.jobId);
  const live = status === 'live' || status === 'ended' ? { state, iteration, bestScore } : {};
  return <JobLink job={{ ...job, ...live }} isOld={isOld} isWatched={true} />;
}

function JobLink({ job, isOld, isWatched }: { readonly job: ListedJob; readonly isOld: boolean; readonly isWatched: boolean }): ReactNode {
  const { jobId, state, promptId, config, iteration, bestScore } = job;
  const most = config['maxIterations'];
  return (
    <li>
      <a href={addressOf(jobId)} onClick={goByLink} aria-current={isWatched ? 'page' : undefined}>
        <b>{jobId}</b>
        <StateBadge state={state} isOld={isOld && !isFinal(state)} />
        <small>
          {promptId && `${promptId} · `}
          {typeof most === 'number' ? `${iteration}/${most}` : iteration} · best {number(bestScore)}
        </small>
      </a>
    </li>
  );
}
