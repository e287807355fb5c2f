import { useCallback, useEffect, useState } from 'react';

/** A job as the jobs API lists it. */
export interface ListedJob {
  readonly jobId: string;
  readonly state: string;
  readonly promptId: string;
  readonly config: { readonly maxIterations: number };
  readonly iteration: number;
  readonly bestScore: number | null;
}

export interface JobsList {
  /** `null` until the first answer. */
  readonly jobs: readonly ListedJob[] | null;
  /** Why the list may be old; `''` if it isn't. */
  readonly trouble: string;
  readonly refresh: () => void;
}

export type JobAction = 'pause' | 'resume' | 'cancel';

const refreshMs = 3000;

/** The jobs, asked for every few seconds while the page is seen. */
export function useJobsList(jobsApiUrl: string): JobsList {
  const [list, setList] = useState<Omit<JobsList, 'refresh'>>({ jobs: null, trouble: '' });
  const refresh = useCallback(() => {
    if (!jobsApiUrl) return;
    call<{ readonly jobs: readonly ListedJob[] }>(`${jobsApiUrl}/jobs`).then(
      ({ jobs }) => setList({ jobs, trouble: '' }),
      (error: Error) => setList(({ jobs }) => ({ jobs, trouble: error.message })),
    );
  }, [jobsApiUrl]);

  useEffect(() => {
    refresh();
    const timer = setInterval(() => document.hidden || refresh(), refreshMs);
    document.addEventListener('visibilitychange', refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refresh);
    };
  }, [refresh]);

  return { ...list, refresh };
}

export async function startJob(jobsApiUrl: string, request: object): Promise<string> {
  return (await call<ListedJob>(`${jobsApiUrl}/jobs`, request)).jobId;
}

export async function steerJob(jobsApiUrl: string, jobId: string, action: JobAction): Promise<void> {
  await call(`${jobsApiUrl}/jobs/${encodeURIComponent(jobId)}/${action}`, {});
}

async function call<Answer>(url: string, body?: object): Promise<Answer> {
  const init = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, init).catch(() => {
    throw new Error(`The jobs API at ${new URL(url).origin} doesn't answer.`);
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? answer.title ?? `The jobs API answered ${response.status}.`);
  return answer;
}
