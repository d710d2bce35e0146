import { join } from 'node:path';
import { load } from 'js-yaml';
import type { WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { ROWS, rowsOf } from './helpers/histories.js';
import { mount } from './helpers/mounts.js';
import { requestsOf } from './helpers/requests.js';

const server = useServer(STANDARD);
afterEach(() => server.faults([]));

const RUN = 'lab/views/run';
const CONFIG = {
  name: { value: 'yes' },
  lr: { value: 0.1, desc: null },
  _wandb: { value: { t: { 1: [1] } } },
};
const PARQUET = Buffer.from('PAR1 a file as the server made it PAR1');
const ABOUT = { config: CONFIG, summaryMetrics: { loss: 0.05 }, history: ROWS, parquet: [PARQUET] };

describe('views', () => {
  beforeAll(() => server.seed({ [RUN]: { 'a.txt': 'A' } }, ABOUT));

  test('show the history, the summary, the config and the Parquet file of the server', async () => {
    const fs = mount(server, { views: true });
    expect(await fs.promises.readdir(RUN, { recursive: true })).toEqual([
      '.wandb',
      'a.txt',
      ...['config.yaml', 'history.jsonl', 'history.parquet', 'summary.json'].map((name) => `.wandb/${name}`),
    ]);
    expect(await rowsOf(fs, RUN)).toEqual(ROWS);
    const text = async (name: string) => fs.promises.readFile(`${RUN}/.wandb/${name}`, 'utf8');
    expect(await text('summary.json')).toBe('{"loss":0.05}\n');
    expect(load(await text('config.yaml'))).toEqual(CONFIG);
    expect(await text('config.yaml')).toContain(
      "lr:\n    value: 0.1\n    desc: null\nname:\n    value: 'yes'\n",
    );
    expect(await fs.promises.readFile(`${RUN}/.wandb/history.parquet`)).toEqual(PARQUET);
    await expect(fs.promises.readdir('lab/views/none/.wandb')).rejects.toThrow(/no run 'none'/);
  });

  test('have their true size in each style, looked up without a listing, too', async () => {
    const fs = mount(server, { views: true });
    for (const name of ['history.jsonl', 'history.parquet', 'summary.json', 'config.yaml']) {
      const path = `${RUN}/.wandb/${name}`;
      const { size } = fs.statSync(path);
      expect(size).toBeGreaterThan(0);
      expect(fs.readFileSync(path).byteLength).toBe(size);
      expect((await fs.promises.stat(path)).size).toBe(size);
    }
  });

  test('can only be read: what would change them or their directory is EROFS', async () => {
    const fs = mount(server, { views: true });
    const [file, directory] = [`${RUN}/.wandb/summary.json`, `${RUN}/.wandb`];
    const changes = [
      () => fs.promises.writeFile(file, ''),
      () => fs.promises.truncate(file),
      () => fs.promises.unlink(file),
      () => fs.promises.chmod(file, 0o644),
      () => fs.promises.utimes(file, 0, 0),
      () => fs.promises.access(file, fs.constants.W_OK),
      () => fs.promises.rename(file, `${RUN}/b.txt`),
      () => fs.promises.rename(`${RUN}/a.txt`, `${directory}/a.txt`),
      () => fs.promises.writeFile(`${directory}/new`, ''),
      () => fs.promises.mkdir(`${directory}/new`),
    ];
    for (const change of changes) await expect(change()).rejects.toMatchObject({ code: 'EROFS' });
    await expect(fs.promises.rm(directory, { recursive: true })).rejects.toMatchObject({ code: 'EACCES' });
    await expect(fs.promises.rename(directory, `${RUN}/b`)).rejects.toMatchObject({ code: 'EACCES' });
    await expect(fs.promises.rmdir(directory)).rejects.toMatchObject({ code: 'ENOTEMPTY' });
    expect((await fs.promises.stat(file)).mode & 0o777).toBe(0o444);
    expect((await fs.promises.stat(directory)).mode & 0o777).toBe(0o555);
    // Beside them all is as ever.
    await fs.promises.writeFile(`${RUN}/c.txt`, 'C');
    await fs.wandb.flush();
    await fs.promises.unlink(`${RUN}/c.txt`);
  });

  test("aren't there without the option, and cost nothing", async () => {
    await server.seed({ 'lab/views/own': { '.wandb/own.txt': 'of the run' } });
    const fs = mount(server);
    const requests = await requestsOf(server, async () => {
      expect(await fs.promises.readdir('lab/views/own')).toEqual(['.wandb']);
      expect(await fs.promises.readdir('lab/views/own/.wandb')).toEqual(['own.txt']);
    });
    expect(requests.map(({ operation }) => operation)).toEqual(['LookUp']);
  });

  test('cost one request beside the listing, and a history as many as it has pages, once', async () => {
    const fs = mount(server, { views: true });
    const listing = await requestsOf(server, () => fs.promises.readdir(RUN, { recursive: true }));
    expect(listing.map(({ operation }) => operation).sort()).toEqual(['LookUp', 'RunViewsWithParquet']);
    const reading = await requestsOf(server, async () => {
      await fs.promises.stat(`${RUN}/.wandb/history.jsonl`);
      await rowsOf(fs, RUN);
      await fs.promises.readFile(`${RUN}/.wandb/summary.json`);
    });
    expect(reading.map(({ operation }) => operation)).toEqual(['RunHistoryEnd', 'RunHistory']);
  });

  test('tell when they were made, and a Parquet file alone has an address', async () => {
    const fs = mount(server, { views: true });
    expect(await fs.wandb.info(`${RUN}/.wandb/summary.json`)).toMatchObject({ kind: 'file', id: null });
    await expect(fs.wandb.signedUrl(`${RUN}/.wandb/summary.json`)).rejects.toMatchObject({ code: 'ENOTSUP' });
    const response = await fetch(await fs.wandb.signedUrl(`${RUN}/.wandb/history.parquet`));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PARQUET);
  });

  test("aren't recorded: what they are made of is", async () => {
    const to = join(await makeDirectory(), 'world');
    const { files } = await mount(server, { views: true }).wandb.record([RUN], to);
    expect(files).toBe(1);
  });
});

describe('Parquet files', () => {
  test('that are several are in a directory, in their order', async () => {
    await server.seed({ 'lab/views/parts': {} }, { parquet: [Buffer.from('one'), Buffer.from('two')] });
    const fs = mount(server, { views: true });
    const directory = 'lab/views/parts/.wandb/history.parquet';
    expect(await fs.promises.readdir(directory)).toEqual(['0000.parquet', '0001.parquet']);
    expect(await fs.promises.readFile(`${directory}/0001.parquet`, 'utf8')).toBe('two');
  });

  test('whose address has ended are asked for again', async () => {
    await server.seed({ [RUN]: {} }, ABOUT);
    const fs = mount(server, { views: true });
    await fs.promises.readdir(`${RUN}/.wandb`);
    await server.faults([{ match: { side: 'storage' }, isExpired: true }]);
    expect(await fs.promises.readFile(`${RUN}/.wandb/history.parquet`)).toEqual(PARQUET);
  });

  test("aren't there where the server knows of none, which it is asked once", async () => {
    await server.seed({ [RUN]: {} }, ABOUT);
    const fs = mount(server, { views: true });
    const graphqlError = 'Cannot query field "parquetHistory" on type "Run".';
    await server.faults([{ match: { operation: 'RunViewsWithParquet' }, graphqlError }]);
    const requests = await requestsOf(server, async () => {
      expect(await fs.promises.readdir(`${RUN}/.wandb`)).not.toContain('history.parquet');
      fs.wandb.refresh(RUN);
      expect(await rowsOf(fs, RUN)).toEqual(ROWS);
    });
    expect(requests.filter(({ operation }) => operation === 'RunViewsWithParquet')).toHaveLength(1);
  });
});

describe('runs that are looked at together', () => {
  const names = Array.from({ length: 25 }, (_, index) => `lab/many/r${index}`);
  const walk = (fs: WandbFs) => async (): Promise<void> => {
    expect(await fs.promises.readdir('lab/many', { recursive: true })).toHaveLength(25 * 6);
  };
  const countOf = (requests: Awaited<ReturnType<typeof requestsOf>>): number =>
    requests.filter(({ operation }) => operation?.startsWith('RunViews')).length;

  beforeAll(() => server.seed(Object.fromEntries(names.map((name) => [name, { a: 'A' }]))));

  test('share the requests for their views, ten a request', async () => {
    const requests = await requestsOf(server, walk(mount(server, { views: true })));
    expect(countOf(requests)).toBe(3);
  });

  test('are asked for in fewer at a time, in the end one by one, where a server refuses that', async () => {
    const graphqlError = 'The query exceeds the maximum complexity of 1000.';
    const match = { operation: 'RunViewsWithParquet' };
    await server.faults([{ match, times: 3, graphqlError }]);
    await walk(mount(server, { views: true }))();
  });
});

test.each(['the export of histories is switched off', 'permission denied'])(
  'a server that fails to tell of Parquet files (%s) is told of once, and hides nothing else',
  async (graphqlError) => {
    await server.seed({ [RUN]: {} }, ABOUT);
    const warnings: string[] = [];
    const fs = mount(server, { views: true, logger: { warn: (message) => warnings.push(message) } });
    await server.faults([{ match: { operation: 'RunViewsWithParquet' }, times: 20, graphqlError }]);
    expect(await fs.promises.readdir(`${RUN}/.wandb`)).not.toContain('history.parquet');
    fs.wandb.refresh(RUN);
    expect(await rowsOf(fs, RUN)).toEqual(ROWS);
    expect(warnings).toEqual([expect.stringContaining(graphqlError)]);
  },
);

test('a run of which nothing may be told is EACCES, without a word of Parquet files', async () => {
  await server.seed({ [RUN]: {} }, ABOUT);
  const warnings: string[] = [];
  const fs = mount(server, { views: true, logger: { warn: (message) => warnings.push(message) } });
  await server.faults(
    ['RunViews', 'RunViewsWithParquet'].map((operation) => ({
      ...{ match: { operation }, times: Infinity, graphqlError: 'permission denied' },
    })),
  );
  await expect(fs.promises.readdir(RUN)).rejects.toMatchObject({ code: 'EACCES' });
  expect(warnings.join()).not.toContain('Parquet');
});

test('a config that is no object is EPROTO for who reads it, and hides nothing else', async () => {
  await server.seed({ 'lab/views/odd': { 'a.txt': 'A' } });
  const fs = mount(server, { views: true });
  const run = { id: 'x', projectId: '1', name: 'odd', createdAt: '2026-01-01T00:00:00Z', updatedAt: null };
  const told = { ...run, heartbeatAt: null, state: 'finished', config: '[1]', summaryMetrics: null };
  const body = JSON.stringify({
    data: { project: { run: { ...told, historyLineCount: null, parquetHistory: null } } },
  });
  await server.faults([{ match: { operation: 'RunViewsWithParquet' }, status: 200, body }]);
  expect(await fs.promises.readdir('lab/views/odd', { recursive: true })).toHaveLength(5);
  await expect(fs.promises.readFile('lab/views/odd/.wandb/config.yaml')).rejects.toMatchObject({
    code: 'EPROTO',
    message: expect.stringContaining("The config of the run 'odd' is no JSON object."),
  });
  expect(await fs.promises.readFile('lab/views/odd/.wandb/summary.json', 'utf8')).toBe('{}\n');
});
