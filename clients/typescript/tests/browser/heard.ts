import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Heard } from './plain/main.ts';

const waits = { timeout: 60_000, polling: 50 };

/** What the page `plain` has heard, oldest first. */
export const idsOn = (page: Page): Promise<number[]> => page.evaluate(() => (globalThis as unknown as { heard: Heard }).heard.ids());

export const hasHeard = (page: Page, count: number): Promise<unknown> =>
  page.waitForFunction((most) => (globalThis as unknown as { heard: Heard }).heard.ids().length >= most, count, waits);

export const hasStatus = (page: Page, status: string): Promise<unknown> =>
  page.waitForFunction(
    (wanted) => (globalThis as unknown as { heard: Heard }).heard.subscription.getSnapshot().status === wanted,
    status,
    waits,
  );

/** The job has ended on the page, and it has heard all that the log has, once and in order. */
export async function expectWhole(page: Page): Promise<void> {
  await hasStatus(page, 'ended');
  const all = await page.evaluate(async () => {
    const { client, subscription } = (globalThis as unknown as { heard: Heard }).heard;
    client.connect();
    return (await subscription.replay(0)).map(({ id }) => id);
  });
  expect(all.length).toBeGreaterThan(5);
  expect(await idsOn(page)).toEqual(all);
}
