import type { JobEvent, JsonObject } from '@optimization-gateway/client';
import { describe, expect, it } from 'vitest';
import { tell, untold } from '../src/story.ts';

const event = (id: number, eventType: string, iteration: number, data: JsonObject = {}): JobEvent => ({
  id,
  eventType,
  iteration,
  stage: 'evaluate',
  data,
  timestamp: '2026-01-01T00:00:00.000Z',
});
const started = event(1, 'job_started', 0, { promptId: 'p', datasetId: 'd', config: { maxIterations: 9 } });
const scored = (id: number, iteration: number, score: number | null): JobEvent => event(id, 'iteration_completed', iteration, { score });

describe('The story of a job', () => {
  it('is told by its events', () => {
    const story = tell(untold, [started, scored(2, 1, 0.3), scored(3, 2, 0.2), scored(4, 3, 0.5)]);
    expect(story).toMatchObject({ state: 'running', promptId: 'p', count: 4, startedAt: started.timestamp });
    expect(story.curve).toEqual({ iterations: [1, 2, 3], scores: [0.3, 0.2, 0.5], best: [0.3, 0.3, 0.5] });
  });

  it('goes on with what is new, also when the snapshot has dropped what was told', () => {
    const events = [started, scored(2, 1, 0.3), scored(3, 2, 0.4)];
    const before = tell(untold, events);
    const after = tell(before, [...events.slice(2), scored(4, 3, 0.1)]);
    expect(after).toMatchObject({ count: 4, promptId: 'p' });
    expect(after.curve.iterations).toEqual([1, 2, 3]);
  });

  it('is the same object as long as nothing was said', () => {
    const events = [started, scored(2, 1, 0.3)];
    const story = tell(untold, events);
    expect(tell(story, [...events])).toBe(story);
    expect(tell(untold, [])).toBe(untold);
  });

  it('begins anew with another history', () => {
    const story = tell(untold, [started, scored(2, 1, 0.3)]);
    expect(tell(story, [])).toBe(untold);
    expect(tell(story, [scored(7, 5, 0.9)])).toMatchObject({ count: 1, promptId: '' });
  });

  it('goes over the iterations of a failed attempt again', () => {
    const failed = event(4, 'job_failed', 2, { error: 'boom', errorStack: 'at x', willRetry: true });
    const first = tell(untold, [started, scored(2, 1, 0.3), scored(3, 2, 0.4), failed]);
    expect(first).toMatchObject({ state: 'retrying', result: { title: 'Failed, will be tried again', line: 'boom' } });
    const second = tell(first, [failed, scored(5, 1, 0.2)]);
    expect(second).toMatchObject({ state: 'running', result: null });
    expect(second.curve).toEqual({ iterations: [1], scores: [0.2], best: [0.2] });
  });

  it('ends with a result, or with an error', () => {
    const done = event(2, 'job_completed', 1, { resultPromptId: 'p/1', finalScore: 0.61, prompt: 'Do it.' });
    expect(tell(untold, [started, done])).toMatchObject({
      state: 'completed',
      result: { line: 'p/1, final score 0.61', text: 'Do it.' },
    });
    const failed = event(2, 'job_failed', 1, { error: 'boom', errorStack: '', willRetry: false });
    expect(tell(untold, [started, failed]).state).toBe('failed');
    expect(tell(untold, [started, event(2, 'job_cancelled', 1)]).state).toBe('cancelled');
  });

  it('takes a score that is no number for unknown', () => {
    const { curve } = tell(untold, [scored(1, 1, null), scored(2, 2, 0.4), scored(3, 3, null)]);
    expect(curve).toEqual({ iterations: [1, 2, 3], scores: [null, 0.4, null], best: [null, 0.4, 0.4] });
  });
});
