import { setTimeout as sleep } from 'node:timers/promises';
import type { WandbFs, WandbFsOptions } from 'wandb-fs';
import { type Finalize, RUN_FEATURES } from 'wandb-fs/testing';
import { useServer } from '../helpers/server.js';
import { connect, makeRun, mount } from './helpers/mounts.js';
import { errorOf } from './helpers/styles.js';
import { eventually } from './helpers/waiting.js';

const TTL = 300;

describe.each<[string, Finalize]>([
  ['with the PUT', 'put'],
  ['with the mark', 'mark'],
  ['100 ms after the PUT', { delayMs: 100 }],
])('two fs objects on one server that finalises uploads %s', (_, finalize) => {
  const server = useServer({ finalize, features: RUN_FEATURES });
  let run: string;
  let a: WandbFs;
  beforeAll(async () => {
    a = connect(server);
  });
  afterAll(() => a.wandb.close());
  beforeEach(async () => {
    run = await makeRun(server, { 'a.txt': 'one', 'sub/b.txt': 'b' });
  });

  /** A writes, B reads: it has listed the run already. */
  const reader = async (options: WandbFsOptions = {}): Promise<WandbFs> => {
    const b = mount(server, { listingTtl: TTL, ...options });
    expect(await b.promises.readdir(run)).toEqual(['a.txt', 'sub']);
    expect(await b.promises.readFile(`${run}/a.txt`, 'utf8')).toBe('one');
    return b;
  };

  /** Where the service finalises later, what was flushed shows up a moment later. */
  const settled = async (): Promise<void> => {
    if (typeof finalize === 'object') await sleep(finalize.delayMs + 20);
  };

  test('what A flushed, B reads: new files, new content, new directories', async () => {
    await a.promises.writeFile(`${run}/new.txt`, 'new');
    await a.promises.writeFile(`${run}/a.txt`, 'two, which is longer');
    await a.promises.mkdir(`${run}/made`);
    await a.promises.writeFile(`${run}/made/c.txt`, 'c');
    await a.wandb.flush();
    await settled();
    const b = mount(server);
    expect(await b.promises.readdir(run, { recursive: true })).toEqual(
      expect.arrayContaining(['a.txt', 'made', 'made/c.txt', 'new.txt', 'sub', 'sub/b.txt']),
    );
    expect(b.readFileSync(`${run}/new.txt`, 'utf8')).toBe('new');
    expect(b.readFileSync(`${run}/a.txt`, 'utf8')).toBe('two, which is longer');
    expect(b.statSync(`${run}/a.txt`).size).toBe(20);
    expect(b.readFileSync(`${run}/made/c.txt`, 'utf8')).toBe('c');
  });

  test("A sees its own changes at once, whenever the server's listing does", async () => {
    await a.promises.writeFile(`${run}/new.txt`, 'new');
    expect(await a.promises.readdir(run)).toEqual(['a.txt', 'new.txt', 'sub']);
    await a.wandb.flush();
    a.wandb.refresh();
    expect(await a.promises.readdir(run)).toEqual(['a.txt', 'new.txt', 'sub']);
    expect(await a.promises.readFile(`${run}/new.txt`, 'utf8')).toBe('new');
    await a.promises.unlink(`${run}/new.txt`);
    a.wandb.refresh();
    expect(await a.promises.readdir(run)).toEqual(['a.txt', 'sub']);
  });

  test("B's listing is stale no longer than its time to live", async () => {
    const b = await reader();
    await a.promises.writeFile(`${run}/new.txt`, 'new');
    await a.promises.unlink(`${run}/sub/b.txt`);
    await a.wandb.flush();
    await sleep(TTL + 20);
    // On a busy machine its listing may have taken longer than that, and is believed as long as it took.
    const names = await eventually(
      () => b.promises.readdir(run),
      (seen) => seen.includes('new.txt'),
    );
    expect(names).toEqual(['a.txt', 'new.txt']);
    expect(b.readFileSync(`${run}/new.txt`, 'utf8')).toBe('new');
    expect(b.existsSync(`${run}/sub`)).toBe(false);
  });

  test('refresh makes B ask at once: for what was written', async () => {
    const b = await reader({ listingTtl: 60_000 });
    await a.promises.writeFile(`${run}/a.txt`, 'two');
    await a.promises.writeFile(`${run}/new.txt`, 'new');
    await a.wandb.flush();
    await settled();
    // Until then it goes by what it knows.
    expect(await b.promises.readdir(run)).toEqual(['a.txt', 'sub']);
    b.wandb.refresh(run);
    expect(await b.promises.readdir(run)).toEqual(['a.txt', 'new.txt', 'sub']);
    expect(await b.promises.readFile(`${run}/a.txt`, 'utf8')).toBe('two');
  });

  test('refresh makes B ask at once: for what was removed', async () => {
    const b = await reader({ listingTtl: 60_000 });
    await a.promises.unlink(`${run}/a.txt`);
    await a.promises.rm(`${run}/sub`, { recursive: true });
    expect(await b.promises.readdir(run)).toEqual(['a.txt', 'sub']);
    b.wandb.refresh();
    expect(await b.promises.readdir(run)).toEqual([]);
    expect(await errorOf(() => b.promises.stat(`${run}/a.txt`))).toMatchObject({ code: 'ENOENT' });
    expect(await errorOf(() => b.promises.readdir(`${run}/sub`))).toMatchObject({ code: 'ENOENT' });
  });

  test('a file renamed by A moves for B, too', async () => {
    const b = await reader();
    await a.promises.rename(`${run}/a.txt`, `${run}/c.txt`);
    const names = await eventually(
      async () => {
        b.wandb.refresh();
        return b.promises.readdir(run);
      },
      (seen) => !seen.includes('a.txt') && seen.includes('c.txt'),
    );
    expect(names).toEqual(['c.txt', 'sub']);
    expect(b.readFileSync(`${run}/c.txt`, 'utf8')).toBe('one');
  });

  test('an open file keeps its version: what A replaced meanwhile is ESTALE, and another open sees the new one', async () => {
    const first = Buffer.alloc(3 << 20, 'first ');
    const second = Buffer.alloc(3 << 20, 'second ');
    await server.seed({ [run]: { large: first } });
    const b = mount(server, { cacheBytes: 1 << 20, listingTtl: 60_000 });
    const handle = await b.promises.open(`${run}/large`);
    const head = Buffer.alloc(10);
    await handle.read(head, 0, 10, 0);
    expect(head.toString()).toBe('first firs');
    await a.promises.writeFile(`${run}/large`, second, { flush: true });
    await settled();
    expect(await errorOf(() => handle.read(head, 0, 10, 2 << 20))).toMatchObject({ code: 'ESTALE' });
    await handle.close();
    expect((await b.promises.readFile(`${run}/large`)).equals(second)).toBe(true);
  });

  test('of two writers the last one wins, and both come to see it', async () => {
    const a = mount(server, { listingTtl: 0 });
    const b = mount(server, { listingTtl: 0 });
    await a.promises.writeFile(`${run}/a.txt`, 'from A', { flush: true });
    await b.promises.writeFile(`${run}/a.txt`, 'from B, later', { flush: true });
    for (const fs of [a, b]) {
      const content = await eventually(
        () => fs.promises.readFile(`${run}/a.txt`, 'utf8'),
        (seen) => seen === 'from B, later',
      );
      expect(content).toBe('from B, later');
    }
  });
});
