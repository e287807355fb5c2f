import type { ReactNode } from 'react';

/** What is to come, in outlines. */
export function Loading(): ReactNode {
  return (
    <div id="loading" role="status" aria-label="Loading">
      <i />
      <i />
    </div>
  );
}
