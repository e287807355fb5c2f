import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isMissing, launch } from './chromium.ts';
import type { Hydration } from './hydration/live.ts';
import { type Site, serveSite } from './hydration/site.ts';

const rendered = 'idle unknown  idle';
const mounted = 'live running prepare open';

describe.skipIf(isMissing)('A page that a server has rendered', { timeout: 60_000 }, () => {
  let browser: Browser;
  let site: Site;
  let page: Page;

  beforeAll(async () => {
    [site, browser] = await Promise.all([serveSite(), launch()]);
  }, 60_000);

  afterAll(async () => {
    await Promise.allSettled([browser?.close(), site?.stop()]);
  });

  beforeEach(async () => {
    page = await browser.newPage();
  });

  const shows = (id: string, text: string): Promise<unknown> =>
    page.waitForFunction(([id = '', text]) => document.getElementById(id)?.textContent === text, [id, text], {
      polling: 20,
      timeout: 10_000,
    });
  const complaints = (): Promise<string[]> => page.evaluate(() => (globalThis as unknown as { hydration: Hydration }).hydration.complaints);
  /** The elements that the server has sent: hydration keeps them, and a new rendering doesn't. */
  const element = (id: string) => page.locator(`#${id}`).elementHandle();
  const isKept = async (handle: ReturnType<typeof element>): Promise<boolean> =>
    (await (await handle)?.evaluate((e) => e.isConnected)) ?? false;

  it.each(['react', 'vue'])('is hydrated by %s while the job is live already: a second root and a late part too', async (name) => {
    await page.goto(`${site.origin}/${name}`, { waitUntil: 'commit' });
    await shows('first', mounted);
    await shows('second', rendered);
    const second = element('second');
    await page.evaluate(() => (globalThis as unknown as { hydration: Hydration }).hydration.hydrateSecond());
    await shows('second', mounted);
    expect(await isKept(second)).toBe(true);
    if (name === 'vue') await shows('late', rendered);
    site.release();
    await page.evaluate(() => (globalThis as unknown as { hydration: Hydration }).hydration.release?.());
    await shows('late', mounted);
    expect(await complaints()).toEqual([]);
  });

  it.each(['react', 'vue'])('is idle in the HTML of %s', async (name) => {
    const response = fetch(`${site.origin}/${name}`);
    await response;
    site.release();
    const html = await (await response).text();
    for (const id of ['first', 'second', 'late']) expect(html).toContain(`<p id="${id}">${rendered}</p>`);
  });
});
