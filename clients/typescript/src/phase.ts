/**
 * Where the one upstream subscription of a job is.
 *
 *     new ─► loading ─► away ─► opening ─► replaying ─► live ─► ended
 *              (storage) ▲         │  └───────┬──────►─┘ ▲ │
 *                  │     │         │          └► outage ─┘ │      the gateway is there, the backend isn't
 *                  └─────┴─────────┴──◄── connection lost ─┘
 *     away: there is no connection, or no place on it
 *     opening | replaying | live | outage ─► refused (tried again after a delay) | failed (somebody has to decide)
 */
export type Phase = 'new' | 'loading' | 'away' | 'opening' | 'replaying' | 'live' | 'outage' | 'refused' | 'ended' | 'failed' | 'released';

/** Those in which the gateway has confirmed the subscription, and no other. */
export const confirmed: readonly Phase[] = ['replaying', 'live', 'outage'];
/** Those that a lost connection changes nothing about. */
export const settled: readonly Phase[] = ['new', 'loading', 'ended', 'failed', 'released'];
