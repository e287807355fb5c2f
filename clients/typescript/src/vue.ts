import {
  type App,
  type InjectionKey,
  inject,
  type MaybeRefOrGetter,
  onScopeDispose,
  type Plugin,
  type ShallowRef,
  shallowRef,
  toValue,
  watch,
} from 'vue';
import {
  type ConnectionSnapshot,
  createGatewayClient,
  type GatewayClient,
  type GatewayClientOptions,
  idleSnapshot,
  type JobSnapshot,
  type WatchOptions,
} from './index.ts';

/** Nothing is watched while a server renders. */
const isServer = (): boolean => typeof window === 'undefined';

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

/** Watches a job while the scope lives; `null`: none. A job id that changes changes the job. */
export function useJob(jobId: MaybeRefOrGetter<string | null>, options?: Omit<WatchOptions, 'signal'>): Readonly<ShallowRef<JobSnapshot>> {
  const client = useGateway();
  const snapshot = shallowRef(idleSnapshot(toValue(jobId) ?? ''));
  if (isServer()) return snapshot;
  let stop: (() => void) | undefined;
  watch(
    () => toValue(jobId),
    (id) => {
      stop?.();
      stop = undefined;
      snapshot.value = idleSnapshot(id ?? '');
      if (id === null) return;
      const store = client.observe(id, options);
      const show = (): void => {
        snapshot.value = store.getSnapshot();
      };
      stop = store.subscribe(show);
      show();
    },
    { immediate: true, flush: 'sync' },
  );
  onScopeDispose(() => stop?.());
  return snapshot;
}

/** The connection's state: why it is away, and when it is tried again. */
export function useConnection(): Readonly<ShallowRef<ConnectionSnapshot>> {
  const client = useGateway();
  const snapshot = shallowRef(client.getSnapshot());
  // Scopes of a server's components are never disposed of.
  if (isServer()) return snapshot;
  onScopeDispose(
    client.subscribe(() => {
      snapshot.value = client.getSnapshot();
    }),
  );
  return snapshot;
}
