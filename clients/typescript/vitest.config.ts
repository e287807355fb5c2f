import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    // A test that hangs says so before CI does.
    testTimeout: 20_000,
    globalSetup: 'tests/setup.ts',
    // Files mostly wait, for browsers and clocks. By itself vitest leaves one core free: on two it would run one file at a time.
    maxWorkers: 2,
  },
});
