import {
  type App,
  getCurrentInstance,
  type InjectionKey,
  inject,
  type MaybeRefOrGetter,
  onMounted,
  onScopeDispose,
  type Plugin,
  type ShallowRef,
  shallowRef,
  toValue,
  watch,
} from 'vue';
import { idleConnection } from './idleConnection.ts';
import {
  type ConnectionSnapshot,
  createGatewayClient,
  type GatewayClient,
  type GatewayClientOptions,
  idleSnapshot,
  type JobSnapshot,
  type ReadableStore,
  type WatchOptions,
} from './index.ts';

const key: InjectionKey<GatewayClient> = Symbol('optimization-gateway');

/** A plugin with its client: `app.use(createGateway({ url }))`. A client given is used as it is; one made here is closed with the app. */
export function createGateway(options: GatewayClientOptions | GatewayClient): Plugin & { readonly client: GatewayClient } {
  const given = 'watch' in options;
  const client = given ? options : createGatewayClient(options);
  return {
    client,
    install(app: App): void {
      app.provide(key, client);
      // Vue 3.5 and later; before that it ends with the page.
      if (!given) (app as Partial<Pick<App, 'onUnmount'>>).onUnmount?.(() => client.close());
    },
  };
}

/** The client of the plugin. */
export function useGateway(): GatewayClient {
  const client = inject(key, undefined);
  if (!client) throw new Error('The plugin is missing: app.use(createGateway({ url })).');
  return client;
}

/** Watches a job while the scope lives; `null`: none. A job id that changes changes the job. `idle` until the component is mounted. */
export function useJob(jobId: MaybeRefOrGetter<string | null>, options?: Omit<WatchOptions, 'signal'>): Readonly<ShallowRef<JobSnapshot>> {
  const client = useGateway();
  return useStore(
    () => toValue(jobId),
    (id) => idleSnapshot(id ?? ''),
    (id) => (id === null ? undefined : client.observe(id, options)),
  );
}

/** The connection's state: why it is away, and when it is tried again. `idle` until the component is mounted. */
export function useConnection(): Readonly<ShallowRef<ConnectionSnapshot>> {
  const client = useGateway();
  return useStore(
    () => null,
    () => idleConnection,
    () => client,
  );
}

/** Follows the store of a key. Begins when the component is mounted, since what a server has rendered is hydrated until then. */
function useStore<Key, Snapshot>(
  keyOf: () => Key,
  idle: (key: Key) => Snapshot,
  open: (key: Key) => ReadableStore<Snapshot> | undefined,
): Readonly<ShallowRef<Snapshot>> {
  const snapshot = shallowRef(idle(keyOf()));
  // Nothing is mounted there, and its scopes are never disposed of.
  if (typeof window === 'undefined') return snapshot;
  const component = getCurrentInstance();
  const isMounted = shallowRef(component?.isMounted ?? true);
  const mounted = (): void => {
    isMounted.value = true;
  };
  if (!isMounted.value) onMounted(mounted);
  let stop: (() => void) | undefined;
  watch(
    [keyOf, isMounted] as const,
    ([key]) => {
      stop?.();
      const store = isMounted.value ? open(key) : undefined;
      const show = (): void => {
        snapshot.value = store?.getSnapshot() ?? idle(key);
      };
      stop = store?.subscribe(show);
      show();
    },
    { immediate: true, flush: 'sync' },
  );
  onScopeDispose(() => stop?.());
  return snapshot;
}
