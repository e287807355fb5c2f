import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { goByLink, useSearch } from '../address.ts';
import { Key } from './ask.ts';
import { ConnectionView } from './ConnectionView.tsx';
import { EndedView } from './EndedView.tsx';
import { JobView } from './JobView.tsx';
import { KeyForm } from './KeyForm.tsx';
import { ListView } from './ListView.tsx';

/** Kept for as long as the tab is open, and by nobody else. */
const stored = 'inspector:key';

export function Inspector(): ReactNode {
  const [key, setKey] = useState(() => sessionStorage.getItem(stored) ?? '');
  const [refused, setRefused] = useState('');
  const forget = useCallback((why: string) => {
    sessionStorage.removeItem(stored);
    setKey('');
    setRefused(why);
  }, []);
  const take = (given: string): void => {
    sessionStorage.setItem(stored, given);
    setRefused('');
    setKey(given);
  };
  const context = useMemo(() => ({ key, forget }), [key, forget]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <a className="brand" href="?" onClick={goByLink}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 13V10h4V7h4V3h4" />
          </svg>
          Inspector
        </a>
        {key && (
          <button type="button" id="forget" onClick={() => forget('')}>
            Forget the key
          </button>
        )}
      </header>
      <main id="main" className="inspector" tabIndex={-1}>
        {key ? (
          <Key.Provider value={context}>
            <View />
          </Key.Provider>
        ) : (
          <KeyForm refused={refused} take={take} />
        )}
      </main>
    </>
  );
}

function View(): ReactNode {
  const asked = new URLSearchParams(useSearch());
  const [connection, job] = [asked.get('connection'), asked.get('job')];
  if (connection) return <ConnectionView key={connection} id={connection} />;
  if (job) return <JobView key={job} jobId={job} />;
  return asked.has('ended') ? <EndedView /> : <ListView />;
}
