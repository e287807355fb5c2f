import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = (process.env['PATH'] ?? '')
  .split(':')
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `${folder}/${name}`))
  .find(existsSync);
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** With CI=true a missing browser is a failure, not a reason to skip. */
export const isMissing: boolean = !executablePath && !process.env['CI'];

export const launch = (options?: { readonly ignoreDefaultArgs: string[] }): Promise<Browser> =>
  chromium.launch({ executablePath: executablePath ?? 'chromium', args, ...options });
