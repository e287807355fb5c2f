import type { FormEvent, ReactNode } from 'react';
import { sentence } from '../text.ts';

/** Nothing is shown without a key. */
export function KeyForm({ refused, take }: { readonly refused: string; readonly take: (key: string) => void }): ReactNode {
  const submitted = (submit: FormEvent<HTMLFormElement>): void => {
    submit.preventDefault();
    const key = String(new FormData(submit.currentTarget).get('key')).trim();
    if (key) take(key);
  };
  return (
    <section id="key-panel" className="panel">
      <title>Inspector</title>
      <h1>Who watches, and why did they miss it?</h1>
      <p className="muted">
        This page shows the gateway’s connections to whoever has a key: <code>Gateway:Inspector:Key</code>, or a line of{' '}
        <code>Gateway:Inspector:KeyFile</code>. This tab keeps it until it is closed.
      </p>
      {refused && (
        <p id="key-refused" className="notice bad" role="alert">
          {sentence(refused)}
        </p>
      )}
      <form id="key-form" onSubmit={submitted}>
        <label>
          Key
          <input name="key" type="password" autoComplete="off" required maxLength={512} />
        </label>
        <button type="submit" className="primary">
          Look
        </button>
      </form>
    </section>
  );
}
