import type { JobState } from '@optimization-gateway/client';
import { type ReactNode, useEffect, useState } from 'react';
import type { JobAction } from './jobsApi.ts';

interface Props {
  readonly state: JobState;
  readonly ask: (action: JobAction) => void;
}

/** What can be asked of a job that isn't over. What comes of it is seen in its events. */
export function JobActions({ state, ask }: Props): ReactNode {
  // One button that turns, so that the focus stays where it was.
  const turn = state === 'paused' ? 'resume' : 'pause';
  return (
    <>
      <button type="button" data-action={turn} disabled={state === 'unknown'} onClick={() => ask(turn)}>
        {turn === 'resume' ? 'Resume' : 'Pause'}
      </button>
      <CancelButton cancel={() => ask('cancel')} />
    </>
  );
}

/** How long the button asks before it takes the first press for a slip. */
const askingMs = 5000;

/** It asks first: hours of work may end here, and nothing brings them back. */
function CancelButton({ cancel }: { readonly cancel: () => void }): ReactNode {
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    if (!isAsking) return;
    const timer = setTimeout(() => setAsking(false), askingMs);
    return () => clearTimeout(timer);
  }, [isAsking]);
  const press = (): void => {
    setAsking(!isAsking);
    if (isAsking) cancel();
  };
  return (
    <button type="button" data-action="cancel" className={isAsking ? 'danger' : undefined} onClick={press} onBlur={() => setAsking(false)}>
      <span aria-live="polite">{isAsking ? 'Cancel for good?' : 'Cancel'}</span>
    </button>
  );
}
