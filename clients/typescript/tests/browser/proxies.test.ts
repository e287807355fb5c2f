import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isMissing, launch } from './chromium.ts';
import { expectWhole, hasHeard, idsOn } from './heard.ts';
import { type Block, isNginxMissing, type Nginx, startNginx } from './nginx.ts';
import { type Pages, servePages } from './pages.ts';
import { type Programs, startPrograms } from './programs.ts';

describe.skipIf(isMissing || isNginxMissing)('In Chromium, behind a proxy that lets no WebSocket through', { timeout: 60_000 }, () => {
  let browser: Browser;
  let pages: Pages;
  let programs: Programs;
  let nginx: Nginx;
  let page: Page;
  /** The URLs that were asked for by HTTP, and what was sent over sockets. */
  let asked: string[];
  let sent: string[];

  beforeAll(async () => {
    pages = await servePages(['plain']);
    [programs, browser] = await Promise.all([startPrograms(pages.origin), launch()]);
    nginx = await startNginx(new URL(programs.url.replace('ws', 'http')).origin);
  }, 60_000);

  afterAll(async () => {
    await Promise.allSettled([browser?.close(), programs?.stop(), pages?.stop(), nginx?.stop()]);
  }, 30_000);

  beforeEach(async () => {
    nginx.unblock();
    page = await browser.newPage();
    [asked, sent] = [[], []];
    page.on('request', (request) => request.method() === 'GET' && asked.push(request.url()));
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
    await page.clock.install();
  });

  afterEach(() => page.close());

  const until = (what: string, isSo: () => boolean): Promise<void> =>
    vi.waitFor(() => expect(isSo(), `${what}, after ${asked.slice(-5).join(' ')}`).toBe(true), { timeout: 20_000, interval: 20 });
  const hasAsked = (live: string): Promise<void> => until(`asks for ${live}`, () => asked.some((url) => url.includes(`live=${live}`)));
  const subscribes = (): number => sent.filter((text) => text.includes('"subscribe"')).length;
  const hearsMore = async (): Promise<unknown> => hasHeard(page, (await idsOn(page)).length + 4);

  it.each<[string, Block, boolean, string]>([
    ['one that passes no upgrade on: by server-sent events', 'upgrades', false, 'sse'],
    ['one that resets upgrades: by server-sent events', 'resets', false, 'sse'],
    ['one that collects answers, too: by long-polls', 'upgrades', true, 'long-poll'],
  ])('%s; and comes back to the socket, with nothing lost or repeated', async (_, block, collects, way) => {
    const job = await programs.startJob({ maxIterations: 100, iterationDelayMs: 200 });
    const gateway = encodeURIComponent(collects ? nginx.collecting : nginx.url);
    await page.goto(`${pages.origin}/plain/?http&job=${job}&gateway=${gateway}`);
    await hasHeard(page, 3);
    expect([asked.filter((url) => url.includes('/jobs/')), subscribes()]).toEqual([[], 1]);

    await nginx.block(block);
    await hasAsked('sse');
    // Nothing comes of a stream that is collected: time is up.
    if (collects) await page.clock.fastForward(20_000);
    await hasAsked(way);
    await hearsMore();
    expect(subscribes()).toBe(1);

    // The next trial of a socket.
    nginx.unblock();
    await page.clock.fastForward(45_000);
    await until('subscribes by a socket again', () => subscribes() === 2);
    await hearsMore();
    await programs.cancelJob(job);
    await expectWhole(page);
    expect(subscribes()).toBe(2);
  });
});
