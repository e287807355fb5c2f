import { type ReactNode, useContext, useRef, useState } from 'react';
import { sentence } from '../text.ts';
import { ask, Key } from './ask.ts';

/** Closes it, once it was said how and confirmed. */
export function CloseConnection({ id, closed }: { readonly id: string; readonly closed: () => void }): ReactNode {
  const { key } = useContext(Key);
  const dialog = useRef<HTMLDialogElement>(null);
  const [refusal, setRefusal] = useState('');
  const close = async (comeBack: boolean): Promise<void> => {
    try {
      await ask(key, `inspector/connections/${encodeURIComponent(id)}/close`, { comeBack });
      dialog.current?.close();
      closed();
    } catch (error) {
      setRefusal((error as Error).message);
    }
  };
  return (
    <>
      <button id="close" type="button" onClick={() => dialog.current?.showModal()}>
        Close it…
      </button>
      <dialog ref={dialog} aria-labelledby="close-title" onClose={() => setRefusal('')}>
        <h2 id="close-title">Close this connection?</h2>
        <p>
          Told to <b>reconnect</b>, the client comes back within seconds and misses nothing. Closed <b>for good</b>, it stays away until
          somebody reloads its page.
        </p>
        {refusal && (
          <p className="notice bad" role="alert">
            {sentence(refusal)}
          </p>
        )}
        <div className="row">
          <button type="button" data-close="reconnect" className="primary" onClick={() => close(true)}>
            Let it reconnect
          </button>
          <button type="button" data-close="final" className="danger" onClick={() => close(false)}>
            Close for good
          </button>
          <button type="button" data-close="not" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
        </div>
      </dialog>
    </>
  );
}
