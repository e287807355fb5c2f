/** What the gateway says went wrong: PROTOCOL.md section 6. */
export type GatewayErrorCode =
  | 'invalid_message'
  | 'unknown_type'
  | 'unauthorized'
  | 'forbidden'
  | 'job_not_found'
  | 'history_truncated'
  | 'cursor_ahead'
  | 'epoch_changed'
  | 'too_many_subscriptions'
  | 'rate_limited'
  | 'backend_unavailable'
  | 'backend_error'
  | 'bad_event';

/** What this package says went wrong on this side. */
export type ClientErrorCode =
  /** The gateway closed with a code that means: don't come back. `closeCode` has it. */
  | 'connection_closed'
  /** An option, a job id or a cursor that can't be; nothing was sent. The message names it. */
  | 'invalid_argument'
  /** The socket couldn't even be made: a bad URL, no WebSocket, or a token that can't be a subprotocol. */
  | 'connection_refused'
  /** `getToken` threw. It is asked again with the next attempt. */
  | 'token_failed'
  /** The storage is full, forbidden or broken: nothing is remembered over a reload. */
  | 'storage_failed'
  /** A `for await` loop is more than `maxEvents` behind. */
  | 'fell_behind'
  /** Nothing more can come: unsubscribed or closed. */
  | 'aborted'
  /** The gateway sent something that is no message. */
  | 'invalid_server_message';

/** Codes may be added, so a program has a branch for those it doesn't know. */
export type ErrorCode = GatewayErrorCode | ClientErrorCode | (string & Record<never, never>);

/** What else is known; of an error that the gateway sent, its message. */
export interface GatewayErrorDetails {
  readonly jobId?: string | undefined;
  /** Whether it goes on by itself. */
  readonly retryable?: boolean | undefined;
  readonly earliestEventId?: number | undefined;
  readonly latestEventId?: number | undefined;
  readonly eventId?: number | undefined;
  readonly closeCode?: number | undefined;
  readonly cause?: unknown;
}

/** `code` is for programs, `message` for people. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly details: GatewayErrorDetails;

  constructor(code: ErrorCode, message: string, details: GatewayErrorDetails = {}) {
    super(message, details);
    this.code = code;
    this.details = details;
  }
}
