import type { JobSnapshot } from '@optimization-gateway/client';
import type { ReactNode } from 'react';
import { isFinal } from './outcome.ts';
import { ago, duration, isToday, number } from './text.ts';
import { useNow } from './useNow.ts';

interface Props {
  readonly job: JobSnapshot;
  readonly isOld: boolean;
}

/** Where the job stands, in six numbers. */
export function JobNumbers({ job, isOld }: Props): ReactNode {
  const { iteration, stage, score, bestScore, gain, latest, started } = job;
  const most = started?.config['maxIterations'];
  const isOver = isFinal(job.state) || job.status === 'ended';
  // In a replay it is the time of what is being told, not ours.
  const isPast = isOver || isOld || job.status === 'replaying';
  return (
    <dl id="numbers" className="tiles">
      <div>
        <dt>Iteration</dt>
        <dd id="iteration">{typeof most === 'number' ? `${iteration} of ${most}` : iteration}</dd>
      </div>
      <div>
        <dt>Stage</dt>
        <dd id="stage">{stage || '–'}</dd>
      </div>
      <div>
        <dt>Score</dt>
        <dd id="score">{number(score)}</dd>
      </div>
      <div>
        <dt>Best</dt>
        <dd id="best">
          {number(bestScore)}
          {gain !== null && <small id="gain">{gain < 0 ? `${number(-gain)} worse` : `${number(gain)} better`}</small>}
        </dd>
      </div>
      <div>
        <dt>Elapsed</dt>
        <dd id="elapsed">{started ? <Elapsed from={started.startedAt} to={isPast ? latest?.timestamp : null} /> : '–'}</dd>
      </div>
      <div>
        <dt>Last event</dt>
        <dd id="last-event">{latest ? <LastEvent at={latest.timestamp} isOver={isOver} /> : '–'}</dd>
      </div>
    </dl>
  );
}

/** It runs on only while the job is heard of. */
function Elapsed({ from, to }: { readonly from: string; readonly to: string | null | undefined }): ReactNode {
  const now = useNow();
  return duration((to ? Date.parse(to) : now) - Date.parse(from));
}

function LastEvent({ at, isOver }: { readonly at: string; readonly isOver: boolean }): ReactNode {
  const now = useNow();
  return (
    <time dateTime={at} title={at}>
      {isOver
        ? new Date(at).toLocaleString(undefined, isToday(at) ? { timeStyle: 'short' } : { dateStyle: 'medium' })
        : ago(Date.parse(at), now)}
    </time>
  );
}
