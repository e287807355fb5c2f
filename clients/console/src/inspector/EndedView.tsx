import { type ReactNode, useDeferredValue, useState } from 'react';
import type { EndedPage } from './answers.ts';
import { usePolled } from './ask.ts';
import { EndedTable } from './EndedTable.tsx';
import { Freshness } from './Freshness.tsx';
import { Loading } from './Loading.tsx';
import { SearchBox } from './SearchBox.tsx';
import { Tabs } from './Tabs.tsx';
import { count } from './words.ts';

export function EndedView(): ReactNode {
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const polled = usePolled<EndedPage>(`inspector/ended?${new URLSearchParams({ limit: '200', ...(q && { q }) })}`);
  const page = polled.answer;
  return (
    <>
      <title>Ended connections – Inspector</title>
      <Freshness polled={polled} />
      <section className="panel">
        <div className="row bar">
          <h1 className="visually-hidden">Ended connections</h1>
          <Tabs shown="ended" />
          <SearchBox text={text} changed={setText} />
        </div>
        {!page && !polled.refusal && <Loading />}
        {page && page.connections.length === 0 && (
          <p id="nobody" className="quiet">
            {q ? 'None of those remembered is like that.' : 'None has ended since the gateway started.'}
          </p>
        )}
        {page && page.connections.length > 0 && (
          <>
            <p className="muted" id="matched" role="status">
              The last {count(page.connections.length)}
              {page.matched > page.connections.length && ` of ${count(page.matched)}`}
            </p>
            <EndedTable rows={page.connections} />
          </>
        )}
      </section>
    </>
  );
}
