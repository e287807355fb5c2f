import { useConnection, useGateway } from '@optimization-gateway/client/react';
import type { FormEvent, ReactNode } from 'react';
import { keepToken } from './token.ts';

/** The close codes of a gateway that asks for another token: PROTOCOL.md section 7. */
const unauthorized = 4501;
const forbidden = 4503;

/** Asks for a token once the gateway has. */
export function TokenPrompt(): ReactNode {
  const client = useGateway();
  const { state, closeCode } = useConnection();
  if (state !== 'closed' || (closeCode !== unauthorized && closeCode !== forbidden)) return null;
  const submitted = (submit: FormEvent<HTMLFormElement>): void => {
    submit.preventDefault();
    keepToken(String(new FormData(submit.currentTarget).get('token')).trim());
    client.connect();
  };
  return (
    <section id="token-prompt" aria-labelledby="token-title">
      <h2 id="token-title">This gateway asks for a token</h2>
      <form id="token" onSubmit={submitted}>
        <input
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
      <p id="token-note" className="muted">
        {closeCode === forbidden ? 'The last one may not use this gateway. ' : ''}A JSON Web Token, as its provider gives it. It is kept for
        this tab alone.
      </p>
    </section>
  );
}
