import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    // A test that hangs says so before CI does.
    testTimeout: 20_000,
    globalSetup: 'tests/setup.ts',
  },
});
