import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, vi } from 'vitest';
import { type ClientMessage, isEvent, type JobEvent } from '../src/index.ts';
import { parseServerMessage } from '../src/messages.ts';
import { bench, settle } from './harness.ts';

/** The files that the gateway's own tests read. */
const golden = new URL('../../../tests/golden/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, golden), 'utf8');
const isValid = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(read('../../docs/schema/client-messages.json')));
const names = (folder: string): string[] =>
  readdirSync(new URL(folder, golden)).filter((name) => name.endsWith('.json') && name !== 'expectations.json');

describe('Golden messages', () => {
  it.each(names('messages/server/'))('%s is understood, every member of it', (name) => {
    const text = read(`messages/server/${name}`);
    expect(parseServerMessage(text)).toEqual(JSON.parse(text));
  });

  it.each(names('events/').filter((name) => !name.endsWith('.proto.json')))('events/%s arrives as it is', async (name) => {
    vi.useFakeTimers();
    const event = JSON.parse(read(`events/${name}`)) as JobEvent;
    const b = bench();
    const subscription = b.client.watch('job-1', { afterEventId: 'latest' });
    await settle();
    b.gateway.socket.say({ type: 'subscribed', jobId: 'job-1' });
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event });
    await settle();
    expect(subscription.getSnapshot().events).toEqual([event]);
    const score = isEvent(event, 'iteration_completed') ? event.data.score : isEvent(event, 'job_completed') ? event.data.finalScore : null;
    expect(subscription.getSnapshot()).toMatchObject({ latest: event, score, iteration: event.iteration, stage: event.stage });
    b.client.close();
    vi.useRealTimers();
  });

  it('say what the client sends', async () => {
    vi.useFakeTimers();
    const b = bench();
    b.client.watch('job-1', { afterEventId: 42 });
    const live = b.client.watch('job-2', { afterEventId: 'latest' });
    await settle();
    b.client.ping();
    live.replay(42).catch(() => {});
    live.unsubscribe();
    await settle();
    const expectations = JSON.parse(read('messages/client/expectations.json')) as Record<string, ClientMessage>;
    const known = Object.values(expectations).map((message) => Object.keys(message).sort().join());
    for (const sent of b.gateway.socket.received) {
      expect(known).toContain(Object.keys(sent).sort().join());
      expect(isValid(sent), JSON.stringify(sent)).toBe(true);
    }
    expect(isValid({ type: 'subscribe', jobId: 'job-1', afterEventId: '42' })).toBe(false);
    expect(b.gateway.socket.received[0]).toEqual({ ...expectations['subscribe_request_id'], requestId: '1' });
    b.client.close();
    vi.useRealTimers();
  });
});
