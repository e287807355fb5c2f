import type { ReactNode } from 'react';
import { goByLink } from '../address.ts';
import type { JobPage } from './answers.ts';
import { usePolled } from './ask.ts';
import { Badge } from './Badge.tsx';
import { EndedTable } from './EndedTable.tsx';
import { Freshness } from './Freshness.tsx';
import { Loading } from './Loading.tsx';
import { WhoCell } from './WhoCell.tsx';
import { count, seconds, why } from './words.ts';

/** Who watches a job, the worst first. */
export function JobView({ jobId }: { readonly jobId: string }): ReactNode {
  const polled = usePolled<JobPage>(
    // A job named '..' can't stand in a path.
    `inspector/jobs?id=${encodeURIComponent(jobId)}&sort=worst&limit=200`,
  );
  const job = polled.answer;
  return (
    <>
      <title>{`${jobId} – Inspector`}</title>
      <a className="back" href="?" onClick={goByLink}>
        ← All connections
      </a>
      <Freshness polled={polled} />
      {!job && !polled.refusal && <Loading />}
      {job && (
        <section className="panel">
          <h1>Job {job.jobId}</h1>
          <p className="muted">
            {job.backend ? `Backend ${job.backend}` : 'No backend is configured for it'} · newest event known here: {count(job.head)}
          </p>
          <h2>{job.matched === 1 ? '1 watches it' : `${count(job.matched)} watch it`}</h2>
          {job.watches.length > 0 && (
            <table id="watches" className="grid">
              <thead>
                <tr>
                  <th scope="col">Who</th>
                  <th scope="col">Condition</th>
                  <th scope="col" className="figure">
                    Event
                  </th>
                  <th scope="col" className="figure">
                    Behind
                  </th>
                  <th scope="col" className="figure">
                    Waits
                  </th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {job.watches.map(({ connectionId, who, subscription }) => (
                  <tr key={connectionId} data-id={connectionId}>
                    <td>
                      <WhoCell id={connectionId} who={who} />
                    </td>
                    <td data-label="Condition">
                      <Badge condition={subscription.condition} />
                    </td>
                    <td data-label="Event" className="figure">
                      {count(subscription.cursor)}
                    </td>
                    <td data-label="Behind" className="figure">
                      {count(subscription.lagEvents)}
                    </td>
                    <td data-label="Waits" className="figure">
                      {seconds(subscription.lagSeconds)}
                    </td>
                    <td data-label="Why" className="wide">
                      {why(subscription)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {job.next && <p className="muted">These are the first {count(job.watches.length)}; the JSON has the others.</p>}
          {job.ended.length > 0 && (
            <>
              <h2>Have watched it</h2>
              <EndedTable rows={job.ended} />
            </>
          )}
        </section>
      )}
    </>
  );
}
