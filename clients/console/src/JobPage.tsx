import type { JobSnapshot } from '@optimization-gateway/client';
import { useJob } from '@optimization-gateway/client/react';
import { type ReactNode, useState } from 'react';
import { EventLog } from './EventLog.tsx';
import { goalOf, numberOf } from './goal.ts';
import { JobActions } from './JobActions.tsx';
import { JobNotices } from './JobNotices.tsx';
import { JobNumbers } from './JobNumbers.tsx';
import type { ListedJob } from './jobs.ts';
import { type JobAction, steerJob, useCanSteer } from './jobsApi.ts';
import { isFinal, type Outcome, outcomeOf, wordFor } from './outcome.ts';
import { ScoreChart } from './ScoreChart.tsx';
import { ShareLink } from './ShareLink.tsx';
import { StateBadge } from './StateBadge.tsx';
import { sentence } from './text.ts';
import { useStory } from './useStory.ts';

interface Props {
  readonly jobId: string;
  readonly jobsApiUrl: string;
  /** The job in the list, if it is there. */
  readonly listed: ListedJob | undefined;
  /** Something was asked of the job. */
  readonly steered: () => void;
}

/** One job, live. */
export function JobPage({ jobId, jobsApiUrl, listed, steered }: Props): ReactNode {
  const job = useJob(jobId);
  const goal = goalOf(job, listed?.config);
  const story = useStory(job.events, goal.minimizes);
  const { status, started } = job;
  const isCatchingUp = status === 'replaying' && story.count > longReplay;
  const events = useSettled(job.events, isCatchingUp);
  const count = useSettled(story.count, isCatchingUp);
  const [refusal, setRefusal] = useState('');
  const ask = async (action: JobAction): Promise<void> => {
    setRefusal('');
    await steerJob(jobsApiUrl, jobId, action).catch((error: Error) => setRefusal(error.message));
    steered();
  };

  const isKnown = story.count > 0;
  // Only a job that is being heard of is running; of all others we know what they were.
  const isOver = status === 'ended' || isFinal(job.state);
  const isOld = status !== 'live' && status !== 'replaying' && !isOver;
  const isLoading = !isKnown && (status === 'idle' || status === 'subscribing' || status === 'replaying');
  const state = isCatchingUp ? 'catching up' : stateOf(job, isKnown);
  const expected = isOver ? null : numberOf(started?.config['maxIterations']);
  const canSteer = useCanSteer(jobsApiUrl, jobId, isKnown && !isOver);
  const outcome = outcomeOf(job);
  const subtitle = [started?.promptId, started?.datasetId].filter(Boolean).join(' on ');

  return (
    <section id="job" aria-labelledby="job-title" aria-busy={isLoading} data-status={status} data-stale={isOld && isKnown}>
      <title>{`${jobId}: ${isOld && isKnown ? `was ${state}` : state}`}</title>
      <div id="job-head">
        <div id="job-names" className="row">
          <h1 id="job-title" data-long={jobId.length > longId}>
            {jobId}
          </h1>
          <StateBadge id="job-state" state={state} isOld={isOld && isKnown} />
          {subtitle && (
            <p id="job-subtitle" className="muted">
              {subtitle}
            </p>
          )}
        </div>
        <div id="actions">
          <ShareLink />
          {canSteer && !isCatchingUp && <JobActions state={job.state} ask={ask} />}
        </div>
      </div>
      {refusal && (
        <p id="action-error" className="notice bad" role="alert">
          {sentence(refusal)}
        </p>
      )}
      {isCatchingUp && <p className="notice calm">Catching up: {story.count.toLocaleString()} events so far.</p>}
      <JobNotices job={job} isKnown={isKnown} />
      {isLoading && <Loading />}
      {isKnown && (
        <div id="news">
          <JobNumbers job={job} isOld={isOld} />
          <ScoreChart curve={story.curve} expected={expected} baseline={goal.baseline} target={goal.target} />
          {outcome && <OutcomePanel outcome={outcome} state={wordFor(job)} />}
          <EventLog events={events} count={count} />
        </div>
      )}
      {!isKnown && status === 'live' && (
        <p className="quiet">The job has said nothing yet. Its first event will be here the moment it happens.</p>
      )}
      {!isKnown && status === 'ended' && <p className="quiet">The job has ended, and its log has no events.</p>}
    </section>
  );
}

/** An id that is longer is written smaller. */
const longId = 40;

/** What a job is, as far as its events have told it by now. */
function stateOf(job: JobSnapshot, isKnown: boolean): string {
  if (isKnown || job.status === 'live' || job.status === 'ended') return wordFor(job);
  if (job.status === 'stale') return 'waiting';
  return job.status === 'error' ? 'unknown' : 'loading';
}

/** With more events than this a replay is told of, and the log waits for its end: nobody reads what runs by. */
const longReplay = 500;

/** What the value was when it last came to rest. */
function useSettled<Value>(value: Value, isMoving: boolean): Value {
  const [settled, setSettled] = useState(value);
  if (!isMoving && settled !== value) setSettled(value);
  return isMoving ? settled : value;
}

/** The page as it will be, without anything in it. */
function Loading(): ReactNode {
  return (
    <div id="loading" aria-hidden="true">
      <div className="tiles">
        {['a', 'b', 'c', 'd', 'e', 'f'].map((name) => (
          <i key={name} />
        ))}
      </div>
      <i className="plot" />
    </div>
  );
}

function OutcomePanel({ outcome, state }: { readonly outcome: Outcome; readonly state: string }): ReactNode {
  return (
    <section id="result" aria-labelledby="result-title" data-state={state}>
      <h2 id="result-title">{outcome.title}</h2>
      <p id="result-line">{outcome.line}</p>
      {outcome.text && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys can only scroll what has the focus.
        <pre id="result-text" tabIndex={0}>
          {outcome.text}
        </pre>
      )}
    </section>
  );
}
