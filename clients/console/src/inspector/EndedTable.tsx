import type { ReactNode } from 'react';
import { clock, duration } from '../text.ts';
import type { EndedRow } from './answers.ts';
import { JobLink } from './JobLink.tsx';
import { WhoCell } from './WhoCell.tsx';
import { count } from './words.ts';

/** Who has left, and why. */
export function EndedTable({ rows }: { readonly rows: readonly EndedRow[] }): ReactNode {
  return (
    <table id="ended" className="grid">
      <thead>
        <tr>
          <th scope="col">Who</th>
          <th scope="col">Why it ended</th>
          <th scope="col">Jobs and last events</th>
          <th scope="col" className="figure">
            Events
          </th>
          <th scope="col" className="figure">
            Lasted
          </th>
          <th scope="col" className="figure">
            Ended
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, who, end, jobs, subscriptions, sent, since }) => (
          <tr key={id} data-id={id}>
            <td>
              <WhoCell id={id} who={who} />
            </td>
            <td data-label="Why">
              {end.reason}
              {end.closeCode !== null && <span className="muted"> {end.closeCode}</span>}
            </td>
            <td data-label="Jobs" className="jobs">
              {jobs.map((job) => (
                <span key={job.jobId} className="row">
                  <JobLink job={job} /> <span className="muted">{count(job.cursor)}</span>
                </span>
              ))}
              {subscriptions > jobs.length && <span className="muted">and {count(subscriptions - jobs.length)} more</span>}
            </td>
            <td data-label="Events" className="figure">
              {count(sent.events)}
            </td>
            <td data-label="Lasted" className="figure">
              {duration(Date.parse(end.at) - Date.parse(since))}
            </td>
            <td data-label="Ended" className="figure">
              {clock(end.at)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
