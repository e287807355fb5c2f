import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu','--disable-quic','--no-proxy-server'] });
const axe = readFileSync('node_modules/axe-core/axe.min.js','utf8');
const url='http://127.0.0.1:18080';
for (const [name, q, w, h, dark, wait, click] of JSON.parse(process.argv[2])) {
  const c = await b.newContext({ viewport: { width: w, height: h }, colorScheme: dark ? 'dark':'light', bypassCSP:false });
  const p = await c.newPage();
  p.on('console', m => ['error','warning'].includes(m.type()) && console.log(name, m.text()));
  p.on('pageerror', e => console.log(name, String(e)));
  await p.goto(url+q);
  if (wait) await p.waitForTimeout(wait);
  if (click) { await p.click(click); await p.waitForTimeout(200); }
  await p.screenshot({ path: `/tmp/con/${name}.png` });
  await p.evaluate(axe);
  const r = await p.evaluate(() => axe.run(document));
  console.log(name, 'axe', r.violations.map(v => `${v.id}: ${v.nodes.map(n=>n.html.slice(0,150)+' '+n.failureSummary.slice(0,200)).join(' | ')}`), 'overflow', await p.evaluate(() => document.documentElement.scrollWidth - innerWidth));
  await c.close();
}
await b.close();
