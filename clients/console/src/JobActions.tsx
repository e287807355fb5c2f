import { type ReactNode, useState } from 'react';
import { type JobAction, steerJob } from './jobsApi.ts';
import type { JobState } from './story.ts';

interface Props {
  readonly jobId: string;
  readonly jobsApiUrl: string;
  readonly state: JobState;
  readonly steered: () => void;
}

const actions: readonly { readonly name: JobAction; readonly label: string; readonly allowed: readonly JobState[] }[] = [
  { name: 'pause', label: 'Pause', allowed: ['running', 'retrying'] },
  { name: 'resume', label: 'Resume', allowed: ['paused'] },
  { name: 'cancel', label: 'Cancel', allowed: ['', 'running', 'paused', 'retrying'] },
];

/** What can be asked of a job that isn't over. What comes of it is seen in its events. */
export function JobActions({ jobId, jobsApiUrl, state, steered }: Props): ReactNode {
  const [refusal, setRefusal] = useState('');
  const ask = async (action: JobAction): Promise<void> => {
    setRefusal('');
    await steerJob(jobsApiUrl, jobId, action).catch((error: Error) => setRefusal(error.message));
    steered();
  };
  return (
    <>
      {actions.map(({ name, label, allowed }) => (
        <button key={name} type="button" data-action={name} disabled={!allowed.includes(state)} onClick={() => ask(name)}>
          {label}
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
