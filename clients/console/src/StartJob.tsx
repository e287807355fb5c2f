import type { FormEvent, ReactNode } from 'react';

export function StartJob({ start }: { readonly start: (request: object) => Promise<void> }): ReactNode {
  const submitted = (submit: FormEvent<HTMLFormElement>): void => {
    submit.preventDefault();
    const { promptId, datasetId, ...numbers } = Object.fromEntries(new FormData(submit.currentTarget));
    const given = Object.entries(numbers).filter(([, value]) => value !== '');
    void start({ promptId, datasetId, config: Object.fromEntries(given.map(([name, value]) => [name, Number(value)])) });
  };
  return (
    <details id="start-panel">
      <summary>Start a job</summary>
      <form id="start" onSubmit={submitted}>
        <label>
          Prompt <input name="promptId" defaultValue="support-triage" required maxLength={256} />
        </label>
        <label>
          Data set <input name="datasetId" defaultValue="support" required maxLength={256} />
        </label>
        <label>
          Iterations <input name="maxIterations" type="number" defaultValue={30} min={1} max={100} required />
        </label>
        <label>
          Pause between, in ms <input name="iterationDelayMs" type="number" defaultValue={500} min={0} max={60_000} required />
        </label>
        <label>
          Seed <input name="seed" type="number" min={0} placeholder="drawn" />
        </label>
        <button type="submit" className="primary">
          Start
        </button>
      </form>
    </details>
  );
}
