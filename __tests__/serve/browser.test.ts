import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createWandbFs, type WandbFs } from 'wandb-fs';
import { ofRuns } from '../../src/cli/looking/run-page.js';
import { type Served, serveFs } from '../../src/serve/serve-fs.js';
import { print, stream } from '../helpers/console.js';
import { packageRoot } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { eventually } from '../semantics/helpers/waiting.js';
import { flower, telling, toldBy } from './pictures.js';

/** What docs/cli.md shows. `npm run page:picture` writes it. */
const PICTURE = join(packageRoot, 'docs/pictures/run-page.png');
const MOST_BYTES = 100_000;
const PROJECT = 'team/flowers';
const TOKEN = 'a-token-of-16-signs';

const wandb = useServer(STANDARD);
let browser: Browser;
let fs: WandbFs;
let served: Served;
const others: Pick<Served, 'close'>[] = [];
/** What the page that is looked at has complained of, such as what its policy forbids. */
let complaints: string[];
let page: Page;

const FLOWERS = {
  iris_3: [6, [96, 72, 180]],
  rose_2: [5, [200, 40, 90]],
  daisy_1: [13, [240, 240, 250]],
} as const;
const cell = (name: string) => ({ _type: 'image-file', path: `media/images/${name}.png` });
const pictures = Object.entries(FLOWERS).map(([name, [petals, colour]]) => [
  `media/images/${name}.png`,
  flower(petals, colour),
]);
const HOSTILE = '<script>document.title="owned"</script>';

beforeAll(async () => {
  const predictions = {
    columns: ['image', 'label', 'predicted', 'confidence'],
    data: [
      [cell('iris_3'), 'iris', 'iris', 0.98],
      [cell('rose_2'), 'rose', 'peony', 0.61],
      [cell('daisy_1'), 'daisy', 'daisy', 0.87],
    ],
  };
  const files = {
    ...Object.fromEntries(pictures),
    'media/table/predictions_3.table.json': JSON.stringify(predictions),
    'config.yaml': 'lr: 0.1\n',
    'model.onnx': 'x'.repeat(4096),
  };
  await wandb.seed(
    { [`${PROJECT}/a1`]: files, [`${PROJECT}/pictured`]: files },
    {
      displayName: 'eager-fox-1',
      state: 'running',
      config: { optimizer: { value: 'adam' }, lr: { value: 0.001 }, epochs: { value: 3 } },
      summaryMetrics: { accuracy: 0.93, loss: 0.21, _step: 3 },
    },
  );
  const hostile = {
    'evil.html': HOSTILE,
    'evil.svg': `<svg xmlns="http://www.w3.org/2000/svg">${HOSTILE}</svg>`,
    'media/<img src=x onerror=document.title=1>.png': flower(3, [0, 0, 0]),
    'media/x.table.json': JSON.stringify({ columns: [HOSTILE], data: [[HOSTILE]] }),
  };
  await wandb.seed(
    { [`${PROJECT}/hostile`]: hostile },
    { displayName: HOSTILE, state: 'running', config: { [HOSTILE]: { value: HOSTILE } } },
  );
  await print(wandb, `${PROJECT}/hostile`, 0, HOSTILE);
  fs = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
  // Pictures come in the order of their times, of which all are the same when they are seeded at once.
  for (const [path, step] of pictures.map(([name], index) => [String(name), index] as const)) {
    const time = new Date(Date.UTC(2026, 0, 9 - step));
    await fs.promises.utimes(`/${PROJECT}/pictured/${path}`, time, time);
  }
  served = await serveFs(fs, { root: `/${PROJECT}`, knowledge: ofRuns(fs), token: TOKEN });
  browser = await chromium.launch({
    executablePath: process.env.WANDB_CHROMIUM ?? '',
    args: ['--no-sandbox'],
  });
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([served, ...others].map((server) => server?.close()));
  await fs?.wandb.close();
});

beforeEach(async () => {
  complaints = [];
  page = await browser.newPage({ viewport: { width: 860, height: 1180 } });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
});

afterEach(() => page.close());

/** By the debugger, from outside: playwright's own waiting evaluates text in the page, which its policy forbids. */
const isSo = (expression: string) => eventually(() => page.evaluate<boolean>(expression), Boolean);

const look = (path: string) => page.goto(`${served.url}${path}?token=${TOKEN}`, { waitUntil: 'load' });

it('the page of a run shows what it is, its pictures and tables, and its log as that goes on', async () => {
  const run = `${PROJECT}/a1`;
  await print(wandb, run, 0, 'epoch 1  loss 0.83', 'epoch 2  loss 0.40');
  await page.clock.install();
  await look('a1');
  expect(await page.title()).toBe('eager-fox-1');
  expect(await page.locator('.table td').allInnerTexts()).toEqual(
    expect.arrayContaining(['rose', 'peony', '0.61']),
  );
  await isSo('[...document.images].every((image) => image.naturalWidth === 96)');
  expect(await page.locator('img').count()).toBe(6);

  await print(wandb, run, 2, 'epoch 3  loss 0.21', '<b>no markup</b>');
  await page.clock.runFor(2000);
  await page.locator('#log', { hasText: '<b>no markup</b>' }).waitFor();

  await wandb.faults([{ match: { side: 'api', path: /graphql/ }, status: 403 }]);
  await page.clock.runFor(2000);
  await page.locator('#note', { hasText: /EACCES.* It is tried again\.$/ }).waitFor();
  await wandb.faults([]);
  await stream(wandb, run, { complete: true, exitcode: 0 });
  await page.clock.runFor(4000);
  await page.locator('#state', { hasText: 'finished' }).waitFor();
  expect((await page.locator('#log').textContent())?.trim().split('\n')).toEqual([
    'epoch 1  loss 0.83',
    'epoch 2  loss 0.40',
    'epoch 3  loss 0.21',
    '<b>no markup</b>',
  ]);
  expect(await page.locator('#note').textContent()).toBe('');

  // It is over, and nothing more is asked.
  await wandb.requests({ clear: true });
  await page.clock.runFor(10_000);
  expect(await wandb.requests()).toEqual([]);
  // The browser tells of each status that is a failure, and that one was asked for.
  expect(complaints.filter((each) => !each.includes('403 (Forbidden)'))).toEqual([]);
});

it('the page of a run is the one that the documents picture', async () => {
  await print(wandb, `${PROJECT}/pictured`, 0, 'epoch 1  loss 0.83', 'epoch 2  loss 0.40');
  await look('pictured');
  await isSo('[...document.images].every((image) => image.complete)');
  // All but when it is looked at.
  const shown = (await page.content()).replace(/\d{4}-\d\d-\d\d\s\d\d:\d\d|data-end="[^"]*"/g, '');
  const height = Math.ceil((await page.locator('body').boundingBox())?.height ?? 0) + 32;
  const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 860, height } });
  const hash = createHash('sha256').update(shown).digest('hex');
  if (process.env.WANDB_FS_PICTURES === 'write') {
    await mkdir(dirname(PICTURE), { recursive: true });
    await writeFile(PICTURE, telling(picture, hash));
  }
  expect(picture.length).toBeLessThan(MOST_BYTES);
  expect(existsSync(PICTURE)).toBe(true);
  const kept = readFileSync(PICTURE);
  expect({ bytes: kept.length <= MOST_BYTES, shows: toldBy(kept) }).toEqual({ bytes: true, shows: hash });
});

it('no page is wider than a telephone', async () => {
  await page.setViewportSize({ width: 360, height: 640 });
  for (const path of ['', 'a1', 'a1/media/table', 'hostile']) {
    await look(path);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  }
});

it('nothing that was uploaded, named or logged is run', async () => {
  for (const path of ['hostile', 'hostile/media']) {
    await look(path);
    expect(await page.locator('script').count()).toBe(path === 'hostile' ? 1 : 0);
    expect(await page.title()).toBe(path === 'hostile' ? HOSTILE : 'media');
    expect(complaints).toEqual([]);
  }
  for (const path of ['hostile/evil.html', 'hostile/evil.svg']) {
    await look(path);
    expect(await page.title()).toBe('');
    expect(complaints.join('\n')).toMatch(/sandboxed|Content Security Policy/);
    complaints = [];
  }
});

it('a page of another origin reads ranges where that is allowed, and nothing elsewhere', async () => {
  const notebook = createServer((_, response) => response.end('<title>notebook</title>')).listen(
    0,
    '127.0.0.1',
  );
  await once(notebook, 'listening');
  const origin = `http://127.0.0.1:${(notebook.address() as AddressInfo).port}`;
  const open = await serveFs(fs, { root: `/${PROJECT}`, token: TOKEN, allowOrigins: [origin] });
  others.push(open, { close: () => promisify(notebook.close.bind(notebook))() });
  await page.goto(origin);
  const read = (url: string) =>
    page.evaluate(
      async ([address = '', token]) => {
        const headers = { range: 'bytes=0-2', authorization: `Bearer ${token}` };
        try {
          const answer = await fetch(`${address}a1/model.onnx`, { headers });
          return [answer.status, answer.headers.get('content-range'), await answer.text()];
        } catch (error) {
          return String(error);
        }
      },
      [url, TOKEN],
    );
  expect(await read(open.url)).toEqual([206, 'bytes 0-2/4096', 'xxx']);
  expect(await read(served.url)).toBe('TypeError: Failed to fetch');
});
