import { useConnection } from '@optimization-gateway/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { currentToken } from './token.ts';

/** A job as the gateway lists it: PROTOCOL.md section 11. */
export interface ListedJob {
  readonly jobId: string;
  readonly state: string;
  readonly promptId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly iteration: number;
  readonly bestScore: number | null;
}

/** A backend whose jobs are missing, and why. */
interface Missing {
  readonly backend: string;
  readonly code: string;
}

/** What is asked for: all jobs where both are empty. */
export interface JobsQuestion {
  readonly state: string;
  readonly text: string;
}

export interface JobsList {
  /** `null` until the first answer. */
  readonly jobs: readonly ListedJob[] | null;
  readonly missing: readonly Missing[];
  /** True if there are more than are shown. */
  readonly hasMore: boolean;
  /** Why the list may be old; `''` if it isn't. */
  readonly trouble: string;
  readonly refresh: () => void;
  readonly more: () => void;
}

interface Answer {
  readonly jobs: readonly ListedJob[];
  readonly missing?: readonly Missing[];
  readonly nextPageToken?: string;
}

const refreshMs = 3000;
const unauthorized = 401;
/** A gateway refuses a token once the socket is open: a moment later it is known. */
const settleMs = 400;
const pageSize = 50;
/** The most that the gateway gives at once. */
const mostJobs = 200;

const nothing = { jobs: null, missing: [], hasMore: false, trouble: '' };

/**
 * The jobs of all backends that tell of them, asked for every few seconds while the page is seen and the gateway is there. `isWatching`: the
 * page has a job, and so a connection, or will have one.
 */
export function useJobsList({ state, text }: JobsQuestion, isWatching: boolean): JobsList {
  const [list, setList] = useState<Omit<JobsList, 'refresh' | 'more'>>(nothing);
  const [size, setSize] = useState(pageSize);
  // While there is no connection the answer is known: it would only be one more error in the browser's console.
  const connection = useConnection();
  const isAway = connection.state !== 'open' && (isWatching || connection.state !== 'idle');
  // The same token would be refused again.
  const refused = useRef<string | null | undefined>(undefined);
  const refresh = useCallback(
    (isOver = (): boolean => false) => {
      const query = new URLSearchParams({ pageSize: String(size), ...(state && { state }), ...(text && { q: text }) });
      const token = currentToken();
      if (refused.current === token) return;
      const refuse = (): void => {
        refused.current = token;
      };
      ask(`jobs?${query}`, token, refuse).then(
        ({ jobs, missing = [], nextPageToken }) =>
          isOver() || setList({ jobs, missing, hasMore: nextPageToken !== undefined, trouble: '' }),
        (error: Error) => isOver() || setList((before) => ({ ...before, trouble: error.message })),
      );
    },
    [state, text, size],
  );

  useEffect(() => {
    if (isAway) return;
    // An answer to what was asked before must not take the place of a newer one.
    let isOver = false;
    const look = (): void => {
      if (!document.hidden) refresh(() => isOver);
    };
    const first = setTimeout(look, connection.state === 'open' ? settleMs : 0);
    const timer = setInterval(look, refreshMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      isOver = true;
      clearTimeout(first);
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [refresh, isAway, connection.state]);

  const more = useCallback(() => setSize((before) => Math.min(before + pageSize, mostJobs)), []);
  const trouble = isAway && list.jobs ? 'The gateway is away.' : list.trouble;
  return { ...list, trouble, hasMore: list.hasMore && size < mostJobs, refresh, more };
}

/** Relative, since the page may be served under a path. */
async function ask(address: string, token: string | null, refuse: () => void): Promise<Answer> {
  const response = await fetch(address, token ? { headers: { authorization: `Bearer ${token}` } } : {}).catch(() => {
    throw new Error('The gateway doesn’t answer.');
  });
  if (response.status === unauthorized) refuse();
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? `The gateway answered ${response.status}.`);
  return answer;
}
