// What the inspector answers: docs/troubleshooting.md, "Why did this viewer miss it?".

export type Condition = 'current' | 'catching_up' | 'opening' | 'failed' | 'slow_reader' | 'backend_away' | 'ended';

export interface Who {
  readonly address: string | null;
  readonly port: number | null;
  readonly userAgent: string | null;
  readonly origin: string | null;
  readonly name: string | null;
  readonly transport: 'websocket' | 'sse' | 'longpoll' | 'catchup';
}

export interface Sent {
  readonly events: number;
  readonly bytes: number;
}

export interface JobRow {
  readonly jobId: string;
  readonly condition: Condition;
  readonly cursor: number | null;
  readonly head: number | null;
}

export interface ConnectionRow {
  readonly id: string;
  readonly since: string;
  readonly who: Who;
  readonly isEnding: boolean;
  readonly condition: Condition | null;
  readonly subscriptions: number;
  readonly jobs: readonly JobRow[];
  readonly lagEvents: number | null;
  readonly lagSeconds: number | null;
  readonly queuedBytes: number;
  readonly sent: Sent;
}

export interface BackendRow {
  readonly name: string;
  readonly isTroubled: boolean;
  readonly streams: number;
  readonly replicas: number;
  readonly replicasAway: number;
}

export interface Summary {
  readonly connections: number;
  readonly subscriptions: number;
  readonly conditions: { readonly [Name in Condition]: number };
  readonly queuedBytes: number;
  readonly ended: number;
  readonly isDraining: boolean;
  readonly backends: readonly BackendRow[];
}

export interface ConnectionPage {
  readonly at: string;
  readonly summary: Summary;
  readonly matched: number;
  readonly connections: readonly ConnectionRow[];
  readonly next: string | null;
}

export interface End {
  readonly at: string;
  readonly reason: string;
  readonly closeCode: number | null;
}

export interface EndedRow {
  readonly id: string;
  readonly since: string;
  readonly who: Who;
  readonly end: End;
  readonly sent: Sent;
  readonly subscriptions: number;
  readonly jobs: readonly JobRow[];
}

export interface EndedPage {
  readonly at: string;
  readonly matched: number;
  readonly connections: readonly EndedRow[];
  readonly next: string | null;
}

export interface Upstream {
  readonly backend: string;
  readonly replica: string | null;
  readonly state: 'opening' | 'open' | 'queued' | 'none';
  readonly streams: number;
  readonly reopens: { readonly [cause: string]: number };
  readonly lastBreak: { readonly cause: string; readonly at: string } | null;
  readonly outageSeconds: number | null;
}

/** A stream that the viewers of a job share. */
export interface Feed {
  readonly viewers: number;
  readonly floor: number;
  readonly head: number;
  readonly bytes: number;
  readonly slowestBytes: number;
}

export interface Subscription {
  readonly jobId: string;
  readonly since: string;
  readonly afterEventId: number | null;
  readonly condition: Condition;
  /** Null once its connection has ended; the condition is then the last one. */
  readonly state: 'opening' | 'open' | 'waiting' | null;
  readonly ended: string | null;
  readonly epoch: string | null;
  readonly cursor: number | null;
  readonly head: number | null;
  /** Of a connection that has ended: what those who are here know. */
  readonly headNow: number | null;
  readonly lagEvents: number | null;
  readonly lagSeconds: number | null;
  readonly queue: {
    readonly bytes: number;
    readonly messages: number;
    readonly events: number;
    readonly lastEventId: number | null;
    readonly isFull: boolean;
  };
  readonly sent: Sent;
  readonly upstream: Upstream | null;
  /** The stream that the viewers of the job share; null while this one has its own. */
  readonly feed: Feed | null;
  readonly lastError: { readonly code: string; readonly at: string } | null;
}

export interface TimelineEntry {
  readonly kind: string;
  readonly at: string;
  readonly lastAt: string;
  readonly times: number;
  readonly jobId: string | null;
  readonly code: string | null;
  readonly eventId: number | null;
}

export interface Connection {
  readonly at: string;
  readonly id: string;
  readonly state: 'open' | 'ending' | 'ended';
  readonly since: string;
  readonly who: Who;
  readonly end: End | null;
  readonly messagesReceived: number;
  readonly messagesSent: number;
  readonly sent: Sent;
  readonly queuedBytes: number;
  readonly replays: number;
  readonly replaysWaiting: number;
  readonly subscriptionCount: number;
  readonly subscriptions: readonly Subscription[];
  readonly timeline: readonly TimelineEntry[];
  readonly timelineDropped: number;
}

export interface JobPage {
  readonly at: string;
  readonly jobId: string;
  readonly backend: string | null;
  readonly head: number | null;
  readonly conditions: { readonly [Name in Condition]: number };
  readonly matched: number;
  readonly watches: readonly {
    readonly connectionId: string;
    readonly connectedSince: string;
    readonly who: Who;
    readonly subscription: Subscription;
  }[];
  readonly next: string | null;
  readonly ended: readonly EndedRow[];
}
