import { afterEach, expect, it } from 'vitest';
import { keepToken, tokenHelps, tokenIn } from '../src/token.ts';

afterEach(() => keepToken(null));

it.each([
  ['eyJh.eyJp.s-_', 'eyJh.eyJp.s-_'],
  [' eyJh.eyJp.s\n', 'eyJh.eyJp.s'],
  ['Bearer eyJh.eyJp.s', 'eyJh.eyJp.s'],
  ['bearer  eyJh.eyJp.s', 'eyJh.eyJp.s'],
  ['Authorization: Bearer eyJh.eyJp.s', 'eyJh.eyJp.s'],
])('finds the token in %j', (pasted, token) => {
  expect(tokenIn(pasted)).toBe(token);
});

it.each(['', ' ', 'Bearer', 'Bearer ', 'eyJh.ey Jp.s', '"eyJh.eyJp.s"', 'eyJh.eyJp.s,', 'eyJh/eyJp=', 'tökén', 'a\u0000b'])(
  'finds none in %j, or none that a WebSocket can offer',
  (pasted) => {
    expect(tokenIn(pasted)).toBeNull();
  },
);

it('asks for a token where the gateway says so, and nowhere else', () => {
  const asked = [4500, 4501, 4503, 4504, 1009, null].filter((closeCode) => tokenHelps({ state: 'closed', closeCode }));
  expect(asked).toEqual([4501, 4503]);
  expect(tokenHelps({ state: 'reconnecting', closeCode: 4501 })).toBe(false);
});

it('asks for another where no socket could be made with the one that is kept', () => {
  keepToken('not a token');
  expect(tokenHelps({ state: 'closed', closeCode: null })).toBe(true);
  expect(tokenHelps({ state: 'closed', closeCode: 4504 })).toBe(false);
  expect(tokenHelps({ state: 'connecting', closeCode: null })).toBe(false);
});
