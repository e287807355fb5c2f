import type { ReactNode } from 'react';
import { goByLink } from '../address.ts';
import type { Who } from './answers.ts';
import { nameOf, transportNames } from './words.ts';

/** Who is at the other end, as a link to all about the connection. */
export function WhoCell({ id, who }: { readonly id: string; readonly who: Who }): ReactNode {
  return (
    <span className="who">
      <a href={`?connection=${encodeURIComponent(id)}`} onClick={goByLink} title={who.userAgent ?? undefined}>
        {nameOf(who)}
      </a>
      <small>
        {who.address}
        {who.port !== null && `:${who.port}`} · {id} · {transportNames[who.transport]}
      </small>
    </span>
  );
}
