import { createContext, useCallback, useContext, useEffect, useState } from 'react';

const everyMs = 2000;

/** Why there is no answer: a code of the inspector's, or `away`. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The key, and what to do when it opens no longer. */
export const Key = createContext<{ readonly key: string; readonly forget: (why: string) => void }>({ key: '', forget: () => {} });

export async function ask<Answer>(key: string, path: string, body?: object): Promise<Answer> {
  const init = body && { method: 'POST', body: JSON.stringify(body) };
  const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) };
  const response = await fetch(path, { ...init, headers }).catch(() => {
    throw new Refusal('away', 'The gateway doesn’t answer.');
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(answer.code ?? 'away', answer.detail ?? `The inspector answered ${response.status}.`);
  return answer;
}

export interface Polled<Answer> {
  /** The last answer; `null` before the first. */
  readonly answer: Answer | null;
  /** Why there was none since. */
  readonly refusal: Refusal | null;
  /** When the last answer came, by this machine's clock. */
  readonly at: number;
  readonly again: () => void;
}

/** Asks every two seconds while the page is seen, one question at a time. */
export function usePolled<Answer>(path: string): Polled<Answer> {
  const { key, forget } = useContext(Key);
  const [state, setState] = useState<Omit<Polled<Answer>, 'again'>>({ answer: null, refusal: null, at: 0 });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);

  // With each round it asks at once.
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = async (): Promise<void> => {
      clearTimeout(timer);
      if (!document.hidden) {
        try {
          const answer = await ask<Answer>(key, path);
          if (!isOver) setState({ answer, refusal: null, at: Date.now() });
        } catch (error) {
          const refusal = error as Refusal;
          if (isOver) return;
          if (refusal.code === 'wrong_key') return forget(refusal.message);
          setState((before) => ({ ...before, refusal }));
        }
      }
      if (!isOver) timer = setTimeout(next, everyMs);
    };
    const seen = (): void => {
      if (!document.hidden) void next();
    };
    void next();
    document.addEventListener('visibilitychange', seen);
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [key, path, forget, round]);

  return { ...state, again };
}
