import type { Gap, JobSnapshot } from '@optimization-gateway/client';
import { useConnection, useGateway } from '@optimization-gateway/client/react';
import type { ReactNode } from 'react';
import { ago, clock, sentence } from './text.ts';
import { tokenHelps } from './token.ts';
import { useNow } from './useNow.ts';

/** What is to be known before the rest is believed. */
export function JobNotices({ job, isKnown }: { readonly job: JobSnapshot; readonly isKnown: boolean }): ReactNode {
  const { status, gap, error, staleSince, earliestEventId } = job;
  const waitsForToken = tokenHelps(useConnection());
  return (
    <>
      {status === 'stale' && <Stale since={isKnown ? staleSince : null} why={error && `${error.code}: ${sentence(error.message)}`} />}
      {gap ? <GapChoice gap={gap} /> : status === 'error' && !waitsForToken && <Trouble job={job} />}
      {waitsForToken && (
        <p id="job-waits" className="notice">
          Nothing comes until a token is entered.{isKnown && ' What is shown may be old.'}
        </p>
      )}
      {earliestEventId !== null && earliestEventId > 1 && !gap && (
        <p id="job-note" className="notice calm">
          The log begins at event {earliestEventId}; what was before is gone.
        </p>
      )}
    </>
  );
}

interface StaleProps {
  /** `null` where nothing is shown that could be old. */
  readonly since: number | null;
  readonly why: string | null;
}

function Stale({ since, why }: StaleProps): ReactNode {
  const { reason } = useConnection();
  return (
    <div id="job-stale" className="notice">
      <b role="status">{since === null ? 'Not reached yet' : `Stale since ${clock(since)}`}</b> {since !== null && <Age since={since} />}
      <br />
      <span id="stale-reason">{why ?? sentence(reason || 'the connection is away')}</span>{' '}
      {since === null ? 'It is tried again by itself.' : 'What is shown may be old; it goes on by itself.'}
    </div>
  );
}

function Age({ since }: { readonly since: number }): ReactNode {
  return <span id="freshness">(last news {ago(since, useNow())})</span>;
}

interface GapWords {
  readonly title: string;
  readonly restart: string;
  readonly skip: string;
}

const fromNowOn = 'Only what comes from now on';
const gapWords: { readonly [Code in Gap['code']]: GapWords } = {
  history_truncated: { title: 'Events are missing', restart: 'Show all that is left', skip: fromNowOn },
  cursor_ahead: { title: 'The log is behind this page', restart: 'Show the log from its start', skip: fromNowOn },
  epoch_changed: { title: 'The log is another one now', restart: 'Show the new log from its start', skip: fromNowOn },
  bad_event: { title: 'An event can’t be shown', restart: 'Read it again from the start', skip: 'Leave this event out' },
};

/** Nothing more comes until somebody has chosen. */
function GapChoice({ gap }: { readonly gap: Gap }): ReactNode {
  const { code, message, earliestEventId, lastEventId } = gap;
  const words = gapWords[code];
  return (
    <div id="job-gap" className="notice bad" role="alert" data-code={code}>
      <b>{words.title}</b>
      <p>
        {code}: {sentence(message)} This page has events up to {lastEventId}
        {earliestEventId !== null && `; the log begins at ${earliestEventId}`}.
      </p>
      <div className="row">
        <button type="button" data-choice="restart" onClick={gap.restart}>
          {words.restart}
        </button>
        <button type="button" data-choice="skip" onClick={gap.skip}>
          {words.skip}
        </button>
      </div>
    </div>
  );
}

/** An error that nothing but a person can do something about. */
function Trouble({ job: { jobId, error } }: { readonly job: JobSnapshot }): ReactNode {
  const client = useGateway();
  const tryAgain = (): void => {
    client.connect();
    // One more watcher of the same subscription: the hook has no way to ask.
    const subscription = client.watch(jobId);
    subscription.resume();
    subscription.unsubscribe();
  };
  return (
    <div id="job-error" className="notice bad" role="alert">
      <b>It can’t go on</b>
      <p>
        {error?.code}: {sentence(error?.message ?? '')}
      </p>
      <div className="row">
        <button type="button" onClick={tryAgain}>
          Try again
        </button>
      </div>
    </div>
  );
}
