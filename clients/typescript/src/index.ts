export type { BackoffOptions } from './backoff.ts';
export type { BatchMode } from './batch.ts';
export { createGatewayClient, type GatewayClient } from './client.ts';
export type { ConnectionSnapshot, ConnectionState } from './connection.ts';
export { type ClientErrorCode, type ErrorCode, GatewayError, type GatewayErrorCode, type GatewayErrorDetails } from './errors.ts';
export {
  type CustomEventData,
  type DocumentedJobEvent,
  isEvent,
  type JobEvent,
  type JobEventData,
  type JobEventOf,
  type JsonObject,
  type JsonValue,
  type Timestamp,
} from './events.ts';
export type { KeepAliveOptions } from './keepalive.ts';
export type { ClientMessage, ServerMessage } from './messages.ts';
export type {
  ClientEvents,
  GatewayClientOptions,
  GetToken,
  ReplayOptions,
  TokenRequest,
  WatchOptions,
  WebSocketConstructor,
  WebSocketLike,
} from './options.ts';
export { type Gap, idleSnapshot, type JobSnapshot, type JobStatus, type JobSummary } from './snapshot.ts';
export type { EventDataOf, JobProgress, JobState } from './state.ts';
export type { GatewayStorage } from './storage.ts';
export type { ReadableStore } from './store.ts';
export type { JobEvents, JobSubscription } from './subscription.ts';
export type { Transport, TransportListener, Wire } from './transport.ts';
export { type WebSocketOptions, webSocket } from './webSocket.ts';
