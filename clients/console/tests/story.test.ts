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
    expect(story.count).toBe(4);
    expect(story.curve).toEqual({ iterations: [1, 2, 3], scores: [0.3, 0.2, 0.5], best: [0.3, 0.3, 0.5] });
  });

  it('goes on with what is new, also when the snapshot has dropped what was told', () => {
    const events = [started, scored(2, 1, 0.3), scored(3, 2, 0.4)];
    const before = tell(untold, events);
    const after = tell(before, [...events.slice(2), scored(4, 3, 0.1)]);
    expect(after.count).toBe(4);
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
    expect(tell(story, [scored(7, 5, 0.9)])).toMatchObject({ count: 1, curve: { iterations: [5] } });
  });

  it('goes over the iterations of a failed attempt again', () => {
    const failed = event(4, 'job_failed', 2, { error: 'boom', errorStack: 'at x', willRetry: true });
    const first = tell(untold, [started, scored(2, 1, 0.3), scored(3, 2, 0.4), failed]);
    const second = tell(first, [failed, scored(5, 1, 0.2)]);
    expect(second.curve).toEqual({ iterations: [1], scores: [0.2], best: [0.2] });
  });

  it('takes a score that is no number for unknown', () => {
    const { curve } = tell(untold, [scored(1, 1, null), scored(2, 2, 0.4), scored(3, 3, null)]);
    expect(curve).toEqual({ iterations: [1, 2, 3], scores: [null, 0.4, null], best: [null, 0.4, 0.4] });
  });

  it('has the lowest score as its best where the job minimizes, also if that is known only later', () => {
    const scores = [scored(2, 1, 0.3), scored(3, 2, null), scored(4, 3, 0.2), scored(5, 4, 0.5)];
    const known = tell(untold, [started, ...scores], true);
    expect(known.curve.best).toEqual([0.3, 0.3, 0.2, 0.2]);
    const late = tell(untold, scores);
    expect(late.curve.best).toEqual([0.3, 0.3, 0.3, 0.5]);
    expect(tell(late, scores, true).curve).toEqual(known.curve);
    expect(tell(known, [...scores, scored(6, 5, 0.1)], true).curve.best.at(-1)).toBe(0.1);
  });
});
