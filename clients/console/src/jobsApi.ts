import { useEffect, useState } from 'react';

export type JobAction = 'pause' | 'resume' | 'cancel';

/** Returns the new job's id. */
export async function startJob(jobsApiUrl: string, request: object): Promise<string> {
  return (await call<{ readonly jobId: string }>(`${jobsApiUrl}/jobs`, request)).jobId;
}

export async function steerJob(jobsApiUrl: string, jobId: string, action: JobAction): Promise<void> {
  await call(`${jobsApiUrl}/jobs/${encodeURIComponent(jobId)}/${action}`, {});
}

/**
 * True once it is known that the jobs API has the job: jobs of other backends, such as a log server's, can't be steered by it. An API that
 * can't be asked may have it; what it says to a request is shown.
 */
export function useCanSteer(jobsApiUrl: string, jobId: string, isSteerable: boolean): boolean {
  const [canSteer, setCanSteer] = useState(false);
  useEffect(() => {
    if (!jobsApiUrl || !isSteerable) return;
    const life = new AbortController();
    // The list, since browsers report the answer that a job isn't there as an error.
    fetch(`${jobsApiUrl}/jobs`, { signal: life.signal })
      .then((response) => response.json())
      .catch(() => ({}))
      .then(({ jobs }) => {
        const isThere = !Array.isArray(jobs) || jobs.some((job) => job.jobId === jobId);
        if (!life.signal.aborted) setCanSteer(isThere);
      });
    return () => life.abort();
  }, [jobsApiUrl, jobId, isSteerable]);
  return canSteer && isSteerable;
}

async function call<Answer>(url: string, body: object): Promise<Answer> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, init).catch(() => {
    throw new Error(`The jobs API at ${new URL(url).origin} doesn't answer.`);
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? answer.title ?? `The jobs API answered ${response.status}.`);
  return answer;
}
