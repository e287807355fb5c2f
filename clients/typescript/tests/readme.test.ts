import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

// The snippets of the README are compiled by scripts/checkPackage.mjs; these two are also built and run, by tests/browser.
it.each([
  ['tsx', 'examples/react/src/JobProgress.tsx'],
  ['vue', 'examples/vue/src/JobProgress.vue'],
])('The README has the example in %s word for word', (language, path) => {
  expect(read('../README.md')).toContain(`\n\`\`\`${language}\n${read(`../../../${path}`)}\`\`\`\n`);
});
