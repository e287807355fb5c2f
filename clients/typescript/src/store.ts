/** What UI frameworks subscribe to: `getSnapshot` returns the same immutable value until `subscribe`'s function was called. */
export interface ReadableStore<Snapshot> {
  /** Calls `onChange` after each change. Returns how to stop that. */
  subscribe(onChange: () => void): () => void;
  getSnapshot(): Snapshot;
}
