import { describe, expect, it } from 'vitest';
import type { JobEvent, JobEventData } from '../src/index.ts';
import { type JobState, nothingTold, tell } from '../src/state.ts';
import { event } from './harness.ts';

const config = { maxIterations: 9 };
/** One event of each kind, by a short name. */
const said = {
  started: event(1, 'job_started', { promptId: 'p', datasetId: 'd', config }),
  scored: event(2, 'iteration_completed', { score: 0.5 }),
  paused: event(3, 'job_paused', { pausedAt: '2026-01-01T00:00:00.000Z', currentIteration: 3 }),
  resumed: event(4, 'job_resumed', { resumedAt: '2026-01-01T00:00:00.000Z', resumeFromIteration: 4 }),
  completed: event(5, 'job_completed', { resultPromptId: 'best', finalScore: 0.9, prompt: 'Do it.' }),
  retried: event(6, 'job_failed', { error: 'boom', errorStack: 'at x', willRetry: true }),
  failed: event(7, 'job_failed', { error: 'boom', errorStack: '', willRetry: false }),
  cancelled: event(8, 'job_cancelled', { cancelledAt: '2026-01-01T00:00:00.000Z', finalIteration: 2 }),
  custom: event(9, 'candidate_rejected', { reason: 'too long' }),
  unknown: event(10, 'unknown', {}),
  named: event(11, 'constructor', {}),
} satisfies Record<string, JobEvent>;
type Name = keyof typeof said;

const after = (...names: Name[]) => names.map((name) => said[name]).reduce(tell, nothingTold);

describe('The state of a job', () => {
  it.each<[JobState, ...Name[]]>([
    ['unknown'],
    ['unknown', 'custom', 'unknown', 'named'],
    ['running', 'started'],
    ['running', 'scored'],
    ['running', 'resumed'],
    ['paused', 'paused'],
    ['completed', 'completed'],
    ['running', 'retried'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
    ['running', 'started', 'custom'],
    ['paused', 'started', 'scored', 'paused', 'custom', 'unknown', 'named'],
    ['running', 'started', 'paused', 'resumed'],
    ['paused', 'paused', 'resumed', 'paused'],
    ['running', 'started', 'paused', 'scored'],
    ['cancelled', 'started', 'paused', 'cancelled'],
    ['running', 'started', 'retried', 'resumed'],
    ['running', 'started', 'retried', 'started', 'scored'],
    ['paused', 'started', 'retried', 'paused'],
    ['failed', 'started', 'retried', 'started', 'failed'],
    ['completed', 'started', 'retried', 'resumed', 'completed'],
    ['cancelled', 'started', 'retried', 'cancelled'],
    ['completed', 'completed', 'custom', 'named'],
  ])('is %s after %s %s %s %s %s %s %s', (state, ...names) => {
    expect(after(...names).state).toBe(state);
  });

  it('is told by every documented event', () => {
    const types = new Set(Object.values(said).map(({ eventType }) => eventType)) as Set<keyof JobEventData>;
    expect([...types].filter((type) => tell(nothingTold, event(1, type)).state !== 'unknown').sort()).toEqual([
      'iteration_completed',
      'job_cancelled',
      'job_completed',
      'job_failed',
      'job_paused',
      'job_resumed',
      'job_started',
    ]);
  });

  it('comes with what ended the job, in the words of that event', () => {
    expect(after('started', 'completed')).toMatchObject({ result: said.completed.data, failure: null });
    expect(after('started', 'failed', 'custom')).toMatchObject({ result: null, failure: said.failed.data });
    expect(after('started', 'cancelled')).toMatchObject({ result: null, failure: null });
  });

  it('comes with a failure that is tried again until an event tells that it goes on', () => {
    expect(after('started', 'retried')).toMatchObject({
      state: 'running',
      failure: { error: 'boom', errorStack: 'at x', willRetry: true },
    });
    expect(after('retried', 'custom').failure).toEqual(said.retried.data);
    for (const next of ['started', 'scored', 'paused', 'resumed', 'completed', 'cancelled'] as const)
      expect(after('retried', next).failure).toBeNull();
  });

  it('comes with what the job was started with, and when for the first time', () => {
    const at = '2026-01-02T00:00:00.000Z';
    const again = { ...said.started, data: { promptId: 'p2', datasetId: 'd', config: {} }, timestamp: at };
    expect(after('started', 'scored', 'paused').started).toEqual({
      promptId: 'p',
      datasetId: 'd',
      config,
      startedAt: said.started.timestamp,
    });
    expect(tell(after('started', 'retried'), again).started).toMatchObject({ promptId: 'p2', startedAt: said.started.timestamp });
    expect(after('scored', 'completed').started).toBeNull();
  });

  it('is the same object where an event tells nothing of it', () => {
    const before = after('started');
    expect(tell(before, said.custom)).toBe(before);
  });
});
