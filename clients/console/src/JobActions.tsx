import { type ReactNode, useState } from 'react';
import { type JobAction, steerJob } from './jobsApi.ts';
import type { JobState } from './story.ts';

interface Props {
  readonly jobId: string;
  readonly jobsApiUrl: string;
  readonly state: JobState;
  readonly steered: () => void;
}

const verbs: { readonly [Action in JobAction]: string } = { pause: 'Pause', resume: 'Resume', cancel: 'Cancel' };

/** What can be asked of a job that isn't over. What comes of it is seen in its events. */
export function JobActions({ jobId, jobsApiUrl, state, steered }: Props): ReactNode {
  const [refusal, setRefusal] = useState('');
  const ask = async (action: JobAction): Promise<void> => {
    setRefusal('');
    await steerJob(jobsApiUrl, jobId, action).catch((error: Error) => setRefusal(error.message));
    steered();
  };
  // One button that turns, so that the focus stays where it was.
  const actions = [
    { action: state === 'paused' ? 'resume' : 'pause', place: 'first' } as const,
    { action: 'cancel', place: 'last' } as const,
  ];
  return (
    <>
      {actions.map(({ action, place }) => (
        <button key={place} type="button" data-action={action} disabled={action === 'pause' && state === ''} onClick={() => ask(action)}>
          {verbs[action]}
        </button>
      ))}
      {refusal && (
        <p id="action-error" className="notice bad" role="alert">
          {refusal}
        </p>
      )}
    </>
  );
}
