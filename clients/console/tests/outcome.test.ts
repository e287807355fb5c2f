import { expect, it } from 'vitest';
import { outcomeOf, wordFor } from '../src/outcome.ts';

const failure = { error: 'boom', errorStack: 'at x', willRetry: true };

it('reads a result, with the prompt that a backend may add to it', () => {
  const result = { resultPromptId: 'p/1', finalScore: 0.61234 };
  expect(outcomeOf({ result: { ...result, prompt: 'Do it.' }, failure: null })).toEqual({
    title: 'Result',
    line: 'p/1, final score 0.6123',
    text: 'Do it.',
  });
  expect(outcomeOf({ result: { ...result, finalScore: null }, failure: null })?.line).toBe('p/1, final score unknown');
  expect(outcomeOf({ result: null, failure: null })).toBeNull();
});

it('tells a failure that is final from one that is tried again', () => {
  expect(outcomeOf({ result: null, failure })).toEqual({ title: 'Failed, will be tried again', line: 'boom', text: 'at x' });
  expect(outcomeOf({ result: null, failure: { ...failure, willRetry: false } })?.title).toBe('Failed');
  expect(wordFor({ state: 'running', failure })).toBe('retrying');
  expect(wordFor({ state: 'failed', failure: { ...failure, willRetry: false } })).toBe('failed');
  expect(wordFor({ state: 'running', failure: null })).toBe('running');
});
