import type { ReactNode } from 'react';

const what = 'job, caller, address, browser or id';

/** Text that stands in what is known of a connection, or in the id of a job of it. */
export function SearchBox({ text, changed }: { readonly text: string; readonly changed: (text: string) => void }): ReactNode {
  return (
    <input
      id="search"
      type="search"
      value={text}
      onChange={(change) => changed(change.target.value)}
      placeholder={`Search: ${what}`}
      aria-label={`Search by ${what}`}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
