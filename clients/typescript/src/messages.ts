// The messages of PROTOCOL.md sections 2 and 3.

import { type ErrorCode, GatewayError } from './errors.ts';
import type { JobEvent } from './events.ts';

export type ClientMessage =
  | {
      readonly type: 'subscribe';
      readonly jobId: string;
      readonly afterEventId?: number | undefined;
      readonly epoch?: string | undefined;
      readonly requestId?: string;
    }
  | { readonly type: 'unsubscribe'; readonly jobId: string; readonly requestId?: string }
  | {
      readonly type: 'replay';
      readonly jobId: string;
      readonly afterEventId?: number | undefined;
      readonly epoch?: string | undefined;
      readonly requestId?: string;
    }
  | { readonly type: 'ping'; readonly requestId?: string };

export interface SubscribedMessage {
  readonly type: 'subscribed';
  readonly jobId: string;
  readonly epoch?: string;
  readonly lastEventId?: number;
  readonly earliestEventId?: number;
  readonly requestId?: string;
}

export interface ReplayMessage {
  readonly type: 'replay';
  readonly jobId: string;
  readonly data: readonly JobEvent[];
  readonly hasMore?: boolean;
  readonly requested?: boolean;
  readonly requestId?: string;
}

export interface EventMessage {
  readonly type: 'event';
  readonly jobId: string;
  readonly event: JobEvent;
  readonly requestId?: never;
}

export interface UnsubscribedMessage {
  readonly type: 'unsubscribed';
  readonly jobId: string;
  readonly reason?: 'requested' | 'job_ended' | 'failed';
  readonly requestId?: string;
}

export interface PongMessage {
  readonly type: 'pong';
  readonly jobId?: never;
  readonly requestId?: string;
}

export interface ErrorMessage {
  readonly type: 'error';
  readonly error: string;
  readonly jobId?: string;
  readonly code?: ErrorCode;
  readonly retryable?: boolean;
  readonly subscription?: 'kept' | 'ended' | 'not_opened' | 'untouched';
  readonly requested?: boolean;
  readonly earliestEventId?: number;
  readonly latestEventId?: number;
  readonly eventId?: number;
  readonly requestId?: string;
}

export type ServerMessage = SubscribedMessage | ReplayMessage | EventMessage | UnsubscribedMessage | PongMessage | ErrorMessage;

/** The events that a message carries; `undefined` for one of another type. Throws where they are missing. */
export function eventsIn(message: ServerMessage): readonly JobEvent[] | undefined {
  return message.type === 'replay' ? [...message.data] : message.type === 'event' ? [message.event] : undefined;
}

/** Reads one frame. `undefined` if it is no message of ours; one of a newer gateway's types passes and is ignored further on. */
export function parseServerMessage(frame: unknown): ServerMessage | undefined {
  try {
    const message = JSON.parse(frame as string) as ServerMessage;
    // The gateway is ours, so this checks what would break the cursor if it were wrong, not every member. Another form throws.
    const isWhole = eventsIn(message)?.every(({ id }) => Number.isSafeInteger(id)) ?? typeof message.type === 'string';
    return isWhole ? message : undefined;
  } catch {
    return undefined;
  }
}

export function errorOf(message: ErrorMessage): GatewayError {
  return new GatewayError(message.code ?? 'backend_error', message.error, message);
}
