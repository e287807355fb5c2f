import { useConnection, useJob } from '@optimization-gateway/client/react';
import type { ReactNode } from 'react';

export function JobProgress({ jobId }: { readonly jobId: string }): ReactNode {
  const { status, state, started, stage, iteration, score, bestScore, result, failure, staleSince, gap, error } = useJob(jobId);
  const connection = useConnection();

  return (
    <section aria-label={`Job ${jobId}`} data-status={status}>
      <h1>
        {jobId}: {state}
        {status !== 'live' && status !== 'ended' && ` (${status})`}
      </h1>
      {staleSince && (
        <p role="status">
          Last heard of at {new Date(staleSince).toLocaleTimeString()}. {connection.reason}
        </p>
      )}
      {status === 'stale' && !staleSince && connection.reason && <p role="status">Not connected: {connection.reason}</p>}
      {gap && (
        <p role="alert">
          {gap.message}{' '}
          <button type="button" onClick={gap.restart}>
            Show what is left
          </button>{' '}
          <button type="button" onClick={gap.skip}>
            Only what comes
          </button>
        </p>
      )}
      {error && !gap && <p role="alert">{error.message}</p>}
      {failure && (
        <p>
          {failure.willRetry ? 'Failed, will be tried again' : 'Failed'}: {failure.error}
        </p>
      )}
      {result && <p>Result: {result.resultPromptId}</p>}
      <dl>
        <dt>Stage</dt>
        <dd>{stage}</dd>
        <dt>Iteration</dt>
        <dd>
          {iteration} of {String(started?.config['maxIterations'] ?? '?')}
        </dd>
        <dt>Score</dt>
        <dd>{score}</dd>
        <dt>Best score</dt>
        <dd>{bestScore}</dd>
      </dl>
    </section>
  );
}
