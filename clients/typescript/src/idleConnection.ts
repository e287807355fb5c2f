import type { ConnectionSnapshot } from './index.ts';

/** The connection as it is rendered until a component is mounted: the same on a server and in every browser. */
export const idleConnection: ConnectionSnapshot = { state: 'idle', since: 0, reason: '', closeCode: null, retryAt: null };
