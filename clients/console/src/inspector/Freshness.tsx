import type { ReactNode } from 'react';
import { ago, clock, sentence } from '../text.ts';
import { useNow } from '../useNow.ts';
import type { Polled } from './ask.ts';

/** Whether what is shown is how it is. */
export function Freshness({ polled }: { readonly polled: Polled<object> }): ReactNode {
  const { refusal, answer, at } = polled;
  if (!refusal) return null;
  return (
    <p id="away" className="notice" role="status">
      <b>{sentence(refusal.message)}</b>{' '}
      {answer ? (
        <>
          What is shown is of {clock(at)} (<Age at={at} />
          ); it goes on by itself.
        </>
      ) : (
        'It is asked again every two seconds.'
      )}
    </p>
  );
}

function Age({ at }: { readonly at: number }): ReactNode {
  return ago(at, useNow());
}
