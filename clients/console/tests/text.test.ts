import { expect, it } from 'vitest';
import { ago, duration, number, sentence } from '../src/text.ts';

it('writes durations in the two units that matter', () => {
  expect([-5000, 0, 59_400, 65_000, 3_725_000, 200 * 3_600_000].map(duration)).toEqual([
    '0 s',
    '0 s',
    '59 s',
    '1 min 5 s',
    '1 h 2 min',
    '8 days',
  ]);
});

it('writes ages, and a future as now', () => {
  expect(ago(1000, 900)).toBe('just now');
  expect([12_000, 63_000, 3 * 3_600_000, 100 * 3_600_000].map((age) => ago(0, age))).toEqual([
    '12 s ago',
    '1 min ago',
    '3 h ago',
    '4 days ago',
  ]);
});

it('writes numbers with four decimals at most', () => {
  expect([0.123456, 1, null, undefined, Number.NaN].map(number)).toEqual(['0.1235', '1', '–', '–', '–']);
});

it('begins sentences in upper case and ends them once', () => {
  expect([sentence('No such job.'), sentence('it closed')]).toEqual(['No such job.', 'It closed.']);
});
