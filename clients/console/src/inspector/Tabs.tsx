import type { ReactNode } from 'react';
import { goByLink } from '../address.ts';

/** Those who are here, and those who have left. */
export function Tabs({ shown }: { readonly shown: 'here' | 'ended' }): ReactNode {
  return (
    <nav className="tabs" aria-label="Which connections">
      <a href="?" onClick={goByLink} aria-current={shown === 'here' ? 'page' : undefined}>
        Connections
      </a>
      <a href="?ended" onClick={goByLink} aria-current={shown === 'ended' ? 'page' : undefined}>
        Ended
      </a>
    </nav>
  );
}
