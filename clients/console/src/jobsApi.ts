export type JobAction = 'pause' | 'resume' | 'cancel';

/** Returns the new job's id. */
export async function startJob(jobsApiUrl: string, request: object): Promise<string> {
  return (await call<{ readonly jobId: string }>(`${jobsApiUrl}/jobs`, request)).jobId;
}

export async function steerJob(jobsApiUrl: string, jobId: string, action: JobAction): Promise<void> {
  await call(`${jobsApiUrl}/jobs/${encodeURIComponent(jobId)}/${action}`, {});
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
