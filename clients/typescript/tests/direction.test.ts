import { expect, it } from 'vitest';
import type { JsonObject } from '../src/index.ts';
import { noSummary, summarize } from '../src/snapshot.ts';
import { event } from './harness.ts';

/** What is known of a job with this configuration after iterations with these scores. */
function after(config: JsonObject, ...scores: (number | null)[]) {
  const started = event(1, 'job_started', { promptId: 'p', datasetId: 'd', config });
  return scores
    .map((score, i) => event(i + 2, 'iteration_completed', { score } as { score: number }))
    .reduce(summarize, summarize(noSummary, started));
}

it.each<[JsonObject, number, number | null]>([
  [{}, 5, null],
  [{ direction: 'maximize', baselineScore: 4 }, 5, 1],
  [{ direction: 'minimize', baselineScore: 4 }, 2, 2],
  [{ direction: 'minimize', baselineScore: 0.5 }, 2, -1.5],
  [{ direction: 'minimize', baselineScore: 2 }, 2, 0],
  [{ direction: 'MINIMIZE', baselineScore: '4' }, 5, null],
  [{ direction: true, baselineScore: null }, 5, null],
])('Of a job with %j the best score of 3, 5, none and 2 is %d, and the gain %d', (config, bestScore, gain) => {
  const { bestScore: best, gain: found } = after(config, 3, 5, null, 2);
  expect(best).toBe(bestScore);
  // A gain of nothing is 0, and not below it.
  expect(found).toEqual(gain === 0 ? expect.toSatisfy((zero: number) => zero === 0) : gain);
});

it('There is no gain without a score, and a final score counts', () => {
  const config = { direction: 'minimize', baselineScore: 4 };
  expect(after(config).gain).toBeNull();
  const ended = summarize(after(config, 3), event(9, 'job_completed', { resultPromptId: 'r', finalScore: 1 }));
  expect(ended).toMatchObject({ score: 1, bestScore: 1, gain: 3 });
});
