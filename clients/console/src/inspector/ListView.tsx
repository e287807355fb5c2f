import { type ReactNode, useDeferredValue, useState } from 'react';
import { duration } from '../text.ts';
import type { ConnectionPage, ConnectionRow } from './answers.ts';
import { usePolled } from './ask.ts';
import { Badge } from './Badge.tsx';
import { CloseMany } from './CloseMany.tsx';
import { Freshness } from './Freshness.tsx';
import { JobLink } from './JobLink.tsx';
import { Loading } from './Loading.tsx';
import { SearchBox } from './SearchBox.tsx';
import { Tabs } from './Tabs.tsx';
import { Tiles } from './Tiles.tsx';
import { WhoCell } from './WhoCell.tsx';
import { bytes, count, seconds } from './words.ts';

const pageSize = 50;

const sorts = {
  worst: 'Worst first',
  waiting: 'Waits longest',
  lag: 'Lags most',
  queued: 'Most queued',
  since: 'Newest',
  sent: 'Took most',
};

export function ListView(): ReactNode {
  const [text, setText] = useState('');
  const [sort, setSort] = useState('worst');
  const [onlySlow, setOnlySlow] = useState(false);
  const [size, setSize] = useState(pageSize);
  const q = useDeferredValue(text.trim());
  const filter = { ...(q && { q }), ...(onlySlow && { slow: 'true' }) };
  const query = new URLSearchParams({ sort, limit: String(size), ...filter });
  const polled = usePolled<ConnectionPage>(`inspector/connections?${query}`);
  const page = polled.answer;
  return (
    <>
      <title>Connections – Inspector</title>
      <Freshness polled={polled} />
      {page ? <Tiles summary={page.summary} /> : !polled.refusal && <Loading />}
      <section className="panel">
        <div className="row bar">
          <h1 className="visually-hidden">Connections</h1>
          <Tabs shown="here" />
          <SearchBox text={text} changed={setText} />
          <select id="sort" value={sort} onChange={(change) => setSort(change.target.value)} aria-label="Order">
            {Object.entries(sorts).map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
          <label className="check">
            <input id="only-slow" type="checkbox" checked={onlySlow} onChange={(change) => setOnlySlow(change.target.checked)} /> only slow
          </label>
          <CloseMany query={new URLSearchParams(filter)} closed={polled.again} />
        </div>
        {page && page.connections.length > 0 && <Table page={page} />}
        {page && page.connections.length === 0 && (
          <p id="nobody" className="quiet">
            {page.summary.connections === 0 ? 'Nobody is connected.' : 'No connection is like that.'}
          </p>
        )}
        {page?.next && (
          <button id="more" type="button" onClick={() => setSize((before) => Math.min(before * 2, 1000))} disabled={size >= 1000}>
            {size >= 1000 ? `The first ${count(size)} of ${count(page.matched)}; search to see others` : 'Show more'}
          </button>
        )}
      </section>
    </>
  );
}

function Table({ page }: { readonly page: ConnectionPage }): ReactNode {
  return (
    <>
      <p className="muted" id="matched" role="status">
        {page.matched === page.connections.length ? count(page.matched) : `${count(page.connections.length)} of ${count(page.matched)}`}{' '}
        {page.matched === 1 ? 'connection' : 'connections'}
      </p>
      <table id="list" className="grid">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">Condition</th>
            <th scope="col">Jobs</th>
            <th scope="col" className="figure">
              Behind
            </th>
            <th scope="col" className="figure">
              Waits
            </th>
            <th scope="col" className="figure">
              Queued
            </th>
            <th scope="col" className="figure">
              Connected
            </th>
          </tr>
        </thead>
        <tbody>
          {page.connections.map((row) => (
            <Row key={row.id} row={row} now={Date.parse(page.at)} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Row({ row, now }: { readonly row: ConnectionRow; readonly now: number }): ReactNode {
  const more = row.subscriptions - row.jobs.length;
  return (
    <tr data-id={row.id}>
      <td>
        <WhoCell id={row.id} who={row.who} />
      </td>
      <td data-label="Condition">
        {row.isEnding ? (
          <span className="state">ending</span>
        ) : row.condition ? (
          <Badge condition={row.condition} />
        ) : (
          <span className="muted">idle</span>
        )}
      </td>
      <td data-label="Jobs" className="jobs">
        {row.jobs.map((job) => (
          <JobLink key={job.jobId} job={job} />
        ))}
        {more > 0 && <span className="muted">and {count(more)} more</span>}
        {row.subscriptions === 0 && <span className="muted">none</span>}
      </td>
      <td data-label="Behind" className="figure">
        {count(row.lagEvents)}
      </td>
      <td data-label="Waits" className="figure">
        {seconds(row.lagSeconds)}
      </td>
      <td data-label="Queued" className="figure">
        {bytes(row.queuedBytes)}
      </td>
      <td data-label="Connected" className="figure">
        {duration(now - Date.parse(row.since))}
      </td>
    </tr>
  );
}
