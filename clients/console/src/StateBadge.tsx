import type { ReactNode } from 'react';

/** What a job is; of one that isn't heard of, what it was. */
export function StateBadge({ state, isOld, id }: { readonly state: string; readonly isOld: boolean; readonly id?: string }): ReactNode {
  return (
    <span id={id} className="state" data-state={isOld ? 'stale' : state} role={id && 'status'}>
      {isOld ? `was ${state}` : state}
    </span>
  );
}
