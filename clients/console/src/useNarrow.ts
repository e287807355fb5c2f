import { useSyncExternalStore } from 'react';

/** Where one column has all the room there is, as in console.css. */
const narrow = matchMedia('(max-width: 760px)');

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}

function subscribe(changed: () => void): () => void {
  narrow.addEventListener('change', changed);
  return () => narrow.removeEventListener('change', changed);
}
