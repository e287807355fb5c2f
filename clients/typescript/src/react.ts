'use client';

import {
  createContext,
  createElement,
  type FunctionComponent,
  type ReactNode,
  useContext,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import { idleConnection } from './idleConnection.ts';
import {
  type ConnectionSnapshot,
  type GatewayClient,
  idleSnapshot,
  type JobSnapshot,
  type ReadableStore,
  type WatchOptions,
} from './index.ts';

const GatewayContext = createContext<GatewayClient | null>(null);

/** Gives the components below their client. It neither opens nor closes it: whoever made it does. */
export const GatewayProvider: FunctionComponent<{ readonly client: GatewayClient; readonly children?: ReactNode }> = ({
  client,
  children,
}) => createElement(GatewayContext.Provider, { value: client }, children);

/** The client of the nearest provider. */
export function useGateway(): GatewayClient {
  const client = useContext(GatewayContext);
  if (!client) throw new Error('There is no GatewayProvider above this component.');
  return client;
}

export interface UseJobOptions<Selected> extends Omit<WatchOptions, 'signal'> {
  /** The part that is wanted; the component renders only when that changes (compared by value, one level deep). */
  readonly select?: (snapshot: JobSnapshot) => Selected;
}

const noJob = idleSnapshot('');
const nothing: ReadableStore<JobSnapshot> = { getSnapshot: () => noJob, subscribe: () => () => {} };
const same = (snapshot: JobSnapshot): JobSnapshot => snapshot;

/** Watches a job while the component is mounted; `null`: none. Any number of components share one subscription. */
export function useJob(jobId: string | null, options?: UseJobOptions<JobSnapshot>): JobSnapshot;
export function useJob<Selected>(
  jobId: string | null,
  options: UseJobOptions<Selected> & Required<Pick<UseJobOptions<Selected>, 'select'>>,
): Selected;
export function useJob(jobId: string | null, { select = same, afterEventId, maxEvents, persist }: UseJobOptions<unknown> = {}): unknown {
  const client = useGateway();
  const store = useMemo(
    () => (jobId === null ? nothing : client.observe(jobId, { afterEventId, maxEvents, persist })),
    [client, jobId, afterEventId, maxEvents, persist],
  );
  const idle = useMemo(() => (jobId === null ? noJob : idleSnapshot(jobId)), [jobId]);
  const selected = useSelected(select);
  return useSyncExternalStore(
    store.subscribe,
    () => selected(store.getSnapshot()),
    () => selected(idle),
  );
}

/** The connection's state: why it is away, and when it is tried again. `idle` on a server and while its page is hydrated. */
export function useConnection(): ConnectionSnapshot {
  const { subscribe, getSnapshot } = useGateway();
  return useSyncExternalStore(subscribe, getSnapshot, () => idleConnection);
}

/** `select`, whose result stays the same object as long as it says the same. */
function useSelected(select: (snapshot: JobSnapshot) => unknown): (snapshot: JobSnapshot) => unknown {
  const last = useRef<{ readonly value: unknown } | null>(null);
  return (snapshot) => {
    const value = select(snapshot);
    if (!last.current || !isSame(last.current.value, value)) last.current = { value };
    return last.current.value;
  };
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const [ours, theirs] = [Object.entries(a), new Map(Object.entries(b))];
  return ours.length === theirs.size && ours.every(([name, value]) => theirs.has(name) && Object.is(value, theirs.get(name)));
}
