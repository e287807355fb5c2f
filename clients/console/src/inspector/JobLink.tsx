import type { ReactNode } from 'react';
import { goByLink } from '../address.ts';
import type { JobRow } from './answers.ts';
import { conditionNames } from './words.ts';

/** One job in a list of connections: what it is, and at a glance how it is doing. */
export function JobLink({ job }: { readonly job: JobRow }): ReactNode {
  const { jobId, condition } = job;
  return (
    <a
      className="job"
      data-condition={condition}
      href={`?job=${encodeURIComponent(jobId)}`}
      onClick={goByLink}
      title={conditionNames[condition]}
    >
      {jobId}
    </a>
  );
}
