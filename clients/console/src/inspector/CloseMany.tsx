import { type ReactNode, useContext, useRef, useState } from 'react';
import { sentence } from '../text.ts';
import { ask, Key } from './ask.ts';
import { count } from './words.ts';

interface Closed {
  readonly matched: number;
  readonly closed: number;
}

/** Closes a share of the connections that a query selects, once it was said how many and how. */
export function CloseMany({ query, closed }: { readonly query: URLSearchParams; readonly closed: () => void }): ReactNode {
  const { key } = useContext(Key);
  const dialog = useRef<HTMLDialogElement>(null);
  const [share, setShare] = useState('100');
  const [said, setSaid] = useState('');
  const [refusal, setRefusal] = useState('');
  const close = async (comeBack: boolean): Promise<void> => {
    try {
      const answer = await ask<Closed>(key, `inspector/connections/close?${query}`, { comeBack, share: Number(share) });
      setSaid(`${count(answer.closed)} of ${count(answer.matched)} connections were closed.`);
      dialog.current?.close();
      closed();
    } catch (error) {
      setRefusal((error as Error).message);
    }
  };
  return (
    <>
      <button id="close-many" type="button" onClick={() => dialog.current?.showModal()}>
        Close many…
      </button>
      <span id="closed-many" className="muted" role="status">
        {said}
      </span>
      <dialog ref={dialog} aria-labelledby="close-many-title" onClose={() => setRefusal('')}>
        <h2 id="close-many-title">Close many connections?</h2>
        <p>
          This closes a random share of all connections that are like the filter above, not only of those shown. They close at once. Told to{' '}
          <b>reconnect</b>, the clients come back within seconds and miss nothing. Closed <b>for good</b>, they stay away until somebody
          reloads their page.
        </p>
        <label className="check">
          <input id="share" type="number" min="0" max="100" value={share} onChange={(change) => setShare(change.target.value)} /> percent
        </label>
        {refusal && (
          <p className="notice bad" role="alert">
            {sentence(refusal)}
          </p>
        )}
        <div className="row">
          <button type="button" data-close-many="reconnect" className="primary" onClick={() => close(true)}>
            Let them reconnect
          </button>
          <button type="button" data-close-many="final" className="danger" onClick={() => close(false)}>
            Close for good
          </button>
          <button type="button" data-close-many="not" onClick={() => dialog.current?.close()}>
            Keep them
          </button>
        </div>
      </dialog>
    </>
  );
}
