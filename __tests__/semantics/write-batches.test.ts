import { RUN_FEATURES } from 'wandb-fs/testing';
import { startServer, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { batchesOf, canMark, costOf, countOf, limits, NOTHING, requestsOf } from './helpers/requests.js';
import { call, errorOf, STYLES } from './helpers/styles.js';
import { contentOn, eventually } from './helpers/waiting.js';

/** So that on a slow machine, too, no upload begins before the flush. */
const UNHURRIED = { writebackDelay: 60_000 };

const KILOBYTE = Buffer.alloc(1024, 'k');

describe('what writing costs', () => {
  const server = useServer();
  let run: string;
  beforeEach(async () => {
    run = await makeRun(server, { f: 'old' });
  });

  const onServer = (name: string, content: string | undefined) =>
    eventually(
      () => contentOn(server, run, name),
      (seen) => seen === content,
    );

  test.each(STYLES)('500 files of 1 KB, %s: declared at once, a PUT each, marked at once', async (style) => {
    const fs = mount(server, UNHURRIED);
    await fs.promises.mkdir(`${run}/out`);
    const written = await requestsOf(server, async () => {
      for (let index = 0; index < 500; index++)
        await call(fs, style, 'writeFile', `${run}/out/${index}.bin`, KILOBYTE);
    });
    expect(costOf(written)).toEqual(NOTHING);
    const flushed = await requestsOf(server, () => fs.wandb.flush());
    const batches = batchesOf(500, limits.files);
    expect(countOf(flushed, 'createRunFiles')).toBe(batches.sent);
    expect(countOf(flushed, 'markRunFilesUploaded')).toBe(canMark ? batches.accepted : 0);
    expect(costOf(flushed).puts).toBe(500);
    expect(costOf(flushed).graphql).toBe(batches.sent + (canMark ? batches.accepted : 0));
    const files = await eventually(
      () => server.files(run),
      (seen) => Object.keys(seen).length === 501,
    );
    expect(Object.values(files).filter((bytes) => KILOBYTE.equals(bytes))).toHaveLength(500);
    expect(costOf(await requestsOf(server, () => fs.wandb.flush()))).toEqual(NOTHING);
  });

  test('a server without the feature is never told of uploads', async () => {
    const plain = await startServer({
      finalize: 'put',
      features: RUN_FEATURES.filter((feature) => feature !== 'MARK_RUN_FILES_UPLOADED'),
    });
    const itsRun = await makeRun(plain);
    const fs = mount(plain, UNHURRIED);
    const requests = await requestsOf(plain, async () => {
      await fs.promises.writeFile(`${itsRun}/a`, 'a');
      await fs.wandb.flush();
    });
    expect(countOf(requests, 'markRunFilesUploaded')).toBe(0);
    expect(await contentOn(plain, itsRun, 'a')).toBe('a');
  });

  test('a file that is rewritten ten times before its upload begins is uploaded once, as it was last', async () => {
    const fs = mount(server, UNHURRIED);
    const requests = await requestsOf(server, async () => {
      for (let round = 0; round < 10; round++) await fs.promises.writeFile(`${run}/f`, `round ${round}`);
      await fs.wandb.flush();
    });
    expect(costOf(requests).puts).toBe(1);
    expect(countOf(requests, 'createRunFiles')).toBe(1);
    await onServer('f', 'round 9');
  });

  test('uploads begin by themselves when nothing was written for `writebackDelay`', async () => {
    const fs = mount(server, { writebackDelay: 20 });
    await fs.promises.writeFile(`${run}/f`, 'new');
    await onServer('f', 'new');
  });

  test.each(STYLES)(
    'writing beside a file and renaming over it, %s: one upload, the temporary name is never told',
    async (style) => {
      const fs = mount(server, UNHURRIED);
      const requests = await requestsOf(server, async () => {
        await call(fs, style, 'writeFile', `${run}/f.temporary`, 'new');
        await call(fs, style, 'rename', `${run}/f.temporary`, `${run}/f`);
        await fs.wandb.flush();
      });
      expect(countOf(requests, 'createRunFiles')).toBe(1);
      expect(costOf(requests).puts).toBe(1);
      expect(countOf(requests, 'markRunFilesUploaded')).toBe(canMark ? 1 : 0);
      expect(countOf(requests, 'deleteFiles')).toBe(0);
      // Looking the names up is reading; no request that changes anything knows the temporary one.
      const changes = requests.filter(
        ({ fields, method }) => method === 'PUT' || !fields.includes('project'),
      );
      expect(JSON.stringify(changes)).not.toContain('temporary');
      await onServer('f', 'new');
      expect(Object.keys(await server.files(run))).toEqual(['f']);
    },
  );

  test('while a file is replaced, readers see the old content or the new one, never none', async () => {
    const fs = mount(server, { writebackDelay: 0 });
    const elsewhere = mount(server, { listingTtl: 0 });
    const seen = new Set<string>();
    let isOver = false;
    const readFrom = async (reader: typeof fs): Promise<void> => {
      while (!isOver) {
        seen.add(await reader.promises.readFile(`${run}/f`, 'utf8'));
        expect(reader.existsSync(`${run}/f`)).toBe(true);
      }
    };
    const readers = Promise.all([readFrom(fs), readFrom(elsewhere)]);
    for (let round = 0; round < 5; round++) {
      await fs.promises.writeFile(`${run}/f.temporary`, `new ${round}`);
      await fs.promises.rename(`${run}/f.temporary`, `${run}/f`);
      await fs.wandb.flush();
    }
    isOver = true;
    await readers;
    for (const content of seen) expect(content).toMatch(/^(old|new \d)$/);
    await onServer('f', 'new 4');
  });

  test('unlinks of one turn are one deleteFiles', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `old/${index}`);
    await server.seed({ [run]: Object.fromEntries(names.map((name) => [name, name])) });
    const fs = mount(server, UNHURRIED);
    await fs.promises.readdir(run);
    const requests = await requestsOf(server, () =>
      Promise.all(names.map((name) => fs.promises.unlink(`${run}/${name}`))),
    );
    expect(countOf(requests, 'deleteFiles')).toBe(1);
    expect(costOf(requests)).toEqual({ ...NOTHING, graphql: 1 });
    expect(Object.keys(await server.files(run))).toEqual(['f']);
  });

  test('rm of a directory with all that is in it is one deleteFiles', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `old/${index % 5}/${index}`);
    await server.seed({ [run]: Object.fromEntries(names.map((name) => [name, name])) });
    const fs = mount(server, UNHURRIED);
    await fs.promises.readdir(run);
    const requests = await requestsOf(server, () => fs.promises.rm(`${run}/old`, { recursive: true }));
    expect(countOf(requests, 'deleteFiles')).toBe(1);
    expect(costOf(requests)).toEqual({ ...NOTHING, graphql: 1 });
    expect(await fs.promises.readdir(run)).toEqual(['f']);
    expect(Object.keys(await server.files(run))).toEqual(['f']);
  });

  test('a file that the server was never told of is removed without a request', async () => {
    const fs = mount(server, UNHURRIED);
    await fs.promises.readdir(run);
    const requests = await requestsOf(server, async () => {
      await fs.promises.writeFile(`${run}/short-lived`, 'x');
      await fs.promises.unlink(`${run}/short-lived`);
      await fs.wandb.flush();
    });
    expect(costOf(requests)).toEqual(NOTHING);
  });

  test('renaming a file that the server knows uploads the new name and then deletes the old one', async () => {
    const fs = mount(server, UNHURRIED);
    const requests = await requestsOf(server, () => fs.promises.rename(`${run}/f`, `${run}/g`));
    expect(costOf(requests).puts).toBe(1);
    expect(countOf(requests, 'deleteFiles')).toBe(1);
    expect(await fs.promises.readFile(`${run}/g`, 'utf8')).toBe('old');
    expect(await errorOf(() => fs.promises.stat(`${run}/f`))).toMatchObject({ code: 'ENOENT' });
    await onServer('g', 'old');
    expect(Object.keys(await server.files(run))).toEqual(['g']);
  });

  test('every durability point waits for the server', async () => {
    const fs = mount(server, UNHURRIED);
    await fs.promises.writeFile(`${run}/flag`, 'flag', { flush: true });
    await onServer('flag', 'flag');

    const handle = await fs.promises.open(`${run}/handle`, 'w');
    await handle.writeFile('handle');
    await handle.sync();
    await onServer('handle', 'handle');
    await handle.close();

    const fd = fs.openSync(`${run}/fd`, 'w');
    fs.writeSync(fd, 'fd');
    fs.fsyncSync(fd);
    await onServer('fd', 'fd');
    fs.closeSync(fd);

    fs.writeFileSync(`${run}/sync`, 'sync');
    fs.wandb.flushSync();
    await onServer('sync', 'sync');

    const through = mount(server, { writeback: 'through', writebackDelay: 60_000 });
    await through.promises.writeFile(`${run}/through`, 'through');
    await onServer('through', 'through');

    fs.writeFileSync(`${run}/closed`, 'closed');
    await fs.wandb.close();
    await onServer('closed', 'closed');
  });
});
