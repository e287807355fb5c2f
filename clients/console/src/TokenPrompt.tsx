import { useConnection, useGateway } from '@optimization-gateway/client/react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { sentence } from './text.ts';
import { keepToken, tokenFate, tokenHelps, tokenIn } from './token.ts';

const titles = {
  none: 'This gateway asks for a token',
  expired: 'The token has expired: enter a fresh one',
  forbidden: 'This token may not use this gateway: enter another',
  refused: 'The token was refused: enter another',
} as const;

/** Whoever has to enter a token can begin at once. */
const focus = (input: HTMLInputElement | null): void => input?.focus();

/** Asks for a token once the gateway has. */
export function TokenPrompt(): ReactNode {
  const client = useGateway();
  const connection = useConnection();
  const [isNone, setNone] = useState(false);
  if (!tokenHelps(connection)) return null;
  const fate = tokenFate(connection.closeCode);
  const submitted = (submit: FormEvent<HTMLFormElement>): void => {
    submit.preventDefault();
    const token = tokenIn(String(new FormData(submit.currentTarget).get('token')));
    setNone(token === null);
    if (token === null) return;
    keepToken(token);
    client.connect();
  };
  return (
    <section id="token-prompt" aria-labelledby="token-title">
      <h2 id="token-title">
        <span role="status">{titles[fate]}</span>
      </h2>
      <form id="token" onSubmit={submitted}>
        <input
          ref={focus}
          name="token"
          type="password"
          aria-label="Token"
          aria-describedby="token-note"
          required
          autoComplete="off"
          spellCheck={false}
        />
        <button type="submit">Use token</button>
      </form>
      {isNone && (
        <p id="token-fault" className="notice bad" role="alert">
          That is no token: one has letters, digits, dots, “-” and “_” alone, and no blanks. Copy it again, whole.
        </p>
      )}
      <p id="token-note" className="muted">
        {fate === 'refused' && connection.reason ? `${sentence(connection.reason)} ` : ''}A JSON Web Token, as its provider gives it. It is
        kept for this tab alone.
      </p>
    </section>
  );
}
