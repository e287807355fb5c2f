import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createGatewayClient } from '../../src/index.ts';
import { isMissing, launch } from './chromium.ts';
import { expectWhole as expectPageWhole, idsOn, hasHeard as pageHasHeard, hasStatus as pageHasStatus } from './heard.ts';
import { type Pages, servePages } from './pages.ts';
import type { Heard } from './plain/main.ts';
import { type Programs, startPrograms } from './programs.ts';

describe.skipIf(isMissing)('In Chromium, against gateway and stub', { timeout: 120_000 }, () => {
  let browser: Browser;
  let pages: Pages;
  let programs: Programs;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    pages = await servePages();
    [programs, browser] = await Promise.all([startPrograms(pages.origin), launch()]);
  }, 120_000);

  afterAll(async () => {
    await Promise.allSettled([browser?.close(), programs?.stop(), pages?.stop()]);
  }, 30_000);

  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
  });

  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  const address = (name: string, jobId: string): string =>
    `${pages.origin}/${name}/?job=${jobId}&gateway=${encodeURIComponent(programs.url)}`;
  const ids = (): Promise<number[]> => idsOn(page);
  const hasHeard = (count: number): Promise<unknown> => pageHasHeard(page, count);
  const hasStatus = (status: string): Promise<unknown> => pageHasStatus(page, status);
  const expectWhole = (): Promise<void> => expectPageWhole(page);
  const state = (): Promise<string> => page.evaluate(() => (globalThis as unknown as { heard: Heard }).heard.client.state);

  /** Waits, without the page, until the job's log has come so far. */
  async function lastEventIdOf(jobId: string, least: number): Promise<number> {
    const client = createGatewayClient({ url: programs.url, WebSocket, storage: false });
    const seen = new Promise<number>((resolve) => {
      client.watch(jobId).on('event', ({ id }) => id >= least && resolve(id));
    });
    return seen.finally(() => client.close());
  }

  it('a reload keeps the cursor: nothing is lost and nothing repeated', async () => {
    const job = await programs.startJob({ maxIterations: 12, iterationDelayMs: 150 });
    await page.goto(address('plain', job));
    for (const count of [4, 9]) {
      await hasHeard(count);
      await page.reload();
      expect(
        await page.evaluate(() => (globalThis as unknown as { heard: Heard }).heard.subscription.getSnapshot().lastEventId),
      ).toBeGreaterThanOrEqual(count);
    }
    await expectWhole();
  });

  it('offline is seen at once, waited out, and left at once', async () => {
    const job = await programs.startJob({ maxIterations: 12, iterationDelayMs: 150 });
    await page.goto(address('plain', job));
    await hasHeard(3);
    await context.setOffline(true);
    await hasStatus('stale');
    expect(await state()).toBe('offline');
    await context.setOffline(false);
    await hasHeard(6);
    await expectWhole();
  });

  it('a gateway that is killed and comes back has lost and repeated nothing; nor has its backend', async () => {
    // Long enough not to end while they are away, however long that takes here; it is cancelled when they are back.
    const job = await programs.startJob({ maxIterations: 100, iterationDelayMs: 500 });
    await page.goto(address('plain', job));
    await hasHeard(3);
    await programs.gateway.kill();
    await hasStatus('stale');
    await programs.gateway.start();
    await hasStatus('live');
    await hasHeard((await ids()).length + 1);
    await programs.stub.kill();
    await programs.stub.start();
    await hasHeard((await ids()).length + 1);
    await programs.cancelJob(job);
    await expectWhole();
    const statuses = await page.evaluate(() => (globalThis as unknown as { heard: Heard }).heard.statuses);
    expect(statuses).toContain('stale');
  });

  // Headless Chromium shows every tab as visible, so the page is told that it is hidden and given no frames.
  it('a hidden tab goes on hearing', async () => {
    const job = await programs.startJob({ maxIterations: 12, iterationDelayMs: 100 });
    const show = (visibility: string): Promise<void> =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, visibility);
    await page.goto(address('plain', job));
    await hasHeard(2);
    await page.evaluate(() => {
      globalThis.requestAnimationFrame = () => 1;
    });
    await show('hidden');
    await hasStatus('ended');
    await show('visible');
    await expectWhole();
  });

  it('a full storage is told once, and the job is heard all the same', async () => {
    const job = await programs.startJob({ maxIterations: 8, iterationDelayMs: 150 });
    await page.goto(`${address('plain', job)}&full`);
    await expectWhole();
    expect(await page.evaluate(() => (globalThis as unknown as { heard: Heard }).heard.errors)).toEqual(['storage_failed']);
  });

  // This Chromium also keeps a page that has an open socket, and closes it; not every browser does, so the client lets go first.
  it('a page that was left comes back from the back/forward cache and goes on', async () => {
    // Playwright switches the cache off; the last of a switch counts.
    const cached = await launch({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
    try {
      page = await cached.newPage();
      const job = await programs.startJob({ maxIterations: 100, iterationDelayMs: 150 });
      await page.goto(address('plain', job));
      await page.evaluate(() => {
        const reasons: string[] = [];
        (globalThis as unknown as { heard: Heard }).heard.client.on('state', ({ reason }) => reasons.push(reason));
        addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted, reasons }));
      });
      await hasHeard(3);
      await page.goto(`${pages.origin}/elsewhere/`);
      const away = await lastEventIdOf(job, 6);
      await page.goBack({ waitUntil: 'commit' });
      await page.waitForFunction(() => 'persisted' in globalThis || 'heard' in globalThis);
      expect(await page.evaluate(() => (globalThis as unknown as { persisted?: boolean }).persisted)).toBe(true);
      await hasHeard(away + 1);
      expect(await page.evaluate(() => (globalThis as unknown as { reasons: string[] }).reasons)).toContain('the page was left');
      expect(await page.evaluate(() => (globalThis as unknown as { heard: Heard }).heard.statuses)).toContain('stale');
      await programs.cancelJob(job);
      await expectWhole();
    } finally {
      await cached.close();
    }
  });

  it.each(['', '&shared'])('two tabs on one job each hear it whole, though both are loaded anew (%s)', async (shared) => {
    const job = await programs.startJob({ maxIterations: 100, iterationDelayMs: 150 });
    const where = address('plain', job) + shared;
    const first = page;
    await first.goto(where);
    await hasHeard(3);
    const second = await context.newPage();
    await second.goto(where);
    second.on('pageerror', (error) => complaints.push(String(error)));
    for (const [tab, least] of [
      [first, 8],
      [second, 12],
    ] as const) {
      await lastEventIdOf(job, least);
      await tab.reload();
    }
    await programs.cancelJob(job);
    for (page of [second, first]) await expectWhole();
  });

  it('10,000 replayed events are at most 100 notifications', async () => {
    await page.goto(address('plain', 'load-10000'));
    await hasStatus('ended');
    await page.waitForFunction(() => (globalThis as unknown as { heard: Heard }).heard.lastPaint > 0);
    const result = await page.evaluate(() => {
      const { subscription, notifications, longestFrame, lastPaint } = (globalThis as unknown as { heard: Heard }).heard;
      return { count: subscription.getSnapshot().events.length, notifications, longestFrame, lastPaint };
    });
    const [paint, frame] = [result.lastPaint, result.longestFrame].map(Math.round);
    console.log(
      `10,000 events: last paint ${paint} ms after the navigation, longest frame ${frame} ms, ${result.notifications} notifications`,
    );
    expect(result.count).toBe(10_000);
    expect(result.notifications).toBeLessThanOrEqual(100);
  });

  it('a relative address leads where that of a WebSocket would: under a <base>, in srcdoc frames, in workers, in those made of a blob', async () => {
    await page.goto(`${pages.origin}/elsewhere/`);
    const told = await page.evaluate(async () => {
      const html = await (await fetch('/address/')).text();
      const script = new URL(/src="([^"]+)"/.exec(html)?.[1] ?? '', location.href).href;
      const based = html.replace('<head>', '<head><base href="https://base.test/under/" />').replace(/src="[^"]+"/, `src="${script}"`);
      const fromFrame = (srcdoc: string) =>
        new Promise((resolve) => {
          addEventListener('message', ({ data }) => resolve(data), { once: true });
          document.body.append(Object.assign(document.createElement('iframe'), { srcdoc }));
        });
      const fromWorker = (url: string | URL) =>
        new Promise((resolve) => {
          new Worker(url, { type: 'module' }).onmessage = ({ data }) => resolve(data);
        });
      const blob = URL.createObjectURL(new Blob([`import '${script}';`], { type: 'text/javascript' }));
      return [await fromFrame(html), await fromFrame(based), await fromWorker(script), await fromWorker(blob)];
    });
    const origin = pages.origin.replace('http', 'ws');
    const both = (address: unknown) => ({ ours: address, native: address });
    const besideScript = expect.stringMatching(`^${origin}/address/.*ws/optimization$`);
    expect(told).toEqual([
      both(`${origin}/elsewhere/ws/optimization`),
      both('wss://base.test/under/ws/optimization'),
      both(besideScript),
      both('invalid_argument'),
    ]);
  });

  it('a page of jobs turns at the limit of the connection, and twenty histories are read at once', async () => {
    const errors: string[] = [];
    const client = createGatewayClient({ url: programs.url, WebSocket, storage: false, on: { error: ({ code }) => errors.push(code) } });
    const config = { maxIterations: 100, iterationDelayMs: 5_000 };
    const names = await Promise.all(Array.from({ length: 101 }, () => programs.startJob(config)));
    const watch = (name: string) => {
      const job = client.watch(name);
      job.on('error', ({ code }) => errors.push(code));
      const isLive = new Promise<void>((resolve) => job.on('status', (status) => status === 'live' && resolve()));
      return { job, isLive };
    };
    const page = names.slice(0, 100).map(watch);
    await Promise.all(page.map(({ isLive }) => isLive));
    page[0]?.job.unsubscribe();
    await watch(names[100] ?? '').isLive;
    const histories = await Promise.all(Array.from({ length: 20 }, () => client.replay('load-10000', { afterEventId: 9_990 })));
    expect(histories.map(({ length }) => length)).toEqual(Array.from({ length: 20 }, () => 10));
    expect(errors).toEqual([]);
    client.close();
  });

  it('ten ids and cursors that are none end nobody else’s job', async () => {
    const job = await programs.startJob({ maxIterations: 5, iterationDelayMs: 100 });
    const client = createGatewayClient({ url: programs.url, WebSocket, storage: false });
    for (let i = 0; i < 20; i++) {
      expect(client.watch(`job-${i}\r`).getSnapshot().status).toBe('subscribing');
      expect(() => client.watch('job-1', { afterEventId: '7' as never })).toThrow('not the string 7');
    }
    for await (const { id } of client.watch(job)) expect(id).toBeGreaterThan(0);
    expect(client.state).toBe('open');
    client.close();
  });

  it.each(['react', 'vue'])('the example in %s shows a job to its end, over one subscription', async (name) => {
    const job = await programs.startJob({ maxIterations: 5, iterationDelayMs: 100 });
    const sent: string[] = [];
    const before = await programs.watchesOpened();
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
    await page.goto(address(name, job));
    await page.locator('[data-status=ended]').waitFor({ timeout: 60_000 });
    // React runs in StrictMode here, which mounts everything twice.
    expect(sent.filter((text) => text.includes('"subscribe"'))).toHaveLength(1);
    expect((await programs.watchesOpened()) - before).toBe(1);
    const shown = await page.locator('dd').allTextContents();
    expect(Number(shown[3])).toBeGreaterThan(0);
    expect(Number(shown[3])).toBeGreaterThanOrEqual(Number(shown[2]));
  });
});
