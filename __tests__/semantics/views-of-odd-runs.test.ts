import { STANDARD, useServer } from '../helpers/server.js';
import { mount } from './helpers/mounts.js';
import { requestsOf } from './helpers/requests.js';
import { eventually } from './helpers/waiting.js';

const server = useServer(STANDARD);
afterEach(() => server.faults([]));

const ROWS = Array.from({ length: 20 }, (_, _step) => ({ _step }));
const TEXT = ROWS.map((row) => `${JSON.stringify(row)}\n`).join('');

test('nothing is made under the name of views, in a run that was just made, too', async () => {
  await server.seed({ 'lab/project': {} });
  const fs = mount(server, { views: true });
  fs.mkdirSync('lab/project/new');
  fs.mkdirSync('lab/project/new/directory');
  fs.writeFileSync('lab/project/new/directory/a.txt', 'A');
  const views = 'lab/project/new/.wandb';
  const changes = [
    () => fs.writeFileSync(views, ''),
    () => fs.mkdirSync(views),
    () => fs.mkdirSync(`${views}/below`, { recursive: true }),
    () => fs.renameSync('lab/project/new/directory/a.txt', views),
    () => fs.renameSync('lab/project/new/directory', views),
    () => fs.copyFileSync('lab/project/new/directory/a.txt', views),
  ];
  for (const change of changes) expect(change).toThrow(expect.objectContaining({ code: 'EROFS' }));
  expect(changes[0]).toThrow(/Leave it out/);
  // The name is kept at that one place alone.
  fs.renameSync('lab/project/new/directory', 'lab/project/new/other');
  fs.mkdirSync('lab/project/new/other/.wandb');
  fs.mkdirSync('lab/project/.wandb');
  await fs.wandb.flush();
  expect(Object.keys(await server.files('lab/project/new'))).toEqual(['other/a.txt']);
});

test('that files of runs are hidden by views is told once', async () => {
  const own = { '.wandb/own.txt': 'own', 'a.txt': 'A' };
  await server.seed({ 'lab/hidden/one': own, 'lab/hidden/two': own });
  const warnings: string[] = [];
  const fs = mount(server, { views: true, logger: { warn: (message) => warnings.push(message) } });
  await fs.promises.readdir('lab/hidden', { recursive: true });
  await expect(fs.promises.access('lab/hidden/one/.wandb/own.txt')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(warnings).toEqual([expect.stringMatching(/^'lab\/hidden\/(one|two)', .* without it they are\.$/)]);
});

test('a summary that is larger than what is kept of such texts is read all the same', async () => {
  const summaryMetrics = { text: 'x'.repeat(9_000_000) };
  await server.seed({ 'lab/large/run': {} }, { summaryMetrics });
  const fs = mount(server, { views: true });
  const told = await fs.promises.readFile('lab/large/run/.wandb/summary.json', 'utf8');
  expect(told === `${JSON.stringify(summaryMetrics)}\n`).toBe(true);
});

/** The answer to what a run with views is like, with what is odd about it. */
const viewed = (facts: { readonly summaryMetrics: string; readonly historyLineCount: number | null }) =>
  answering('RunViewsWithParquet', {
    ...{ id: 'x', projectId: '1', name: 'run', createdAt: '2026-01-01T00:00:00Z', updatedAt: null },
    ...{ heartbeatAt: null, state: 'finished', config: null, parquetHistory: null },
    ...facts,
  });

const answering = (operation: string, run: object) => ({
  match: { operation },
  status: 200,
  body: JSON.stringify({ data: { project: { run } } }),
});

test('a summary that is null is an empty one', async () => {
  await server.seed({ 'lab/null/run': {} }, { summaryMetrics: { of: 'the server' } });
  await server.faults([viewed({ summaryMetrics: 'null', historyLineCount: null })]);
  const fs = mount(server, { views: true });
  expect(await fs.promises.readFile('lab/null/run/.wandb/summary.json', 'utf8')).toBe('{}\n');
  expect(await server.faults()).toEqual([]);
});

test('numbers that JSON has not are the text of their names, in rows and in summaries', async () => {
  await server.seed({ 'lab/diverged/run': {} }, { history: ROWS.slice(0, 1) });
  const text = String.raw`{"_step":0,"loss":NaN,"most":[Infinity,-Infinity],"why":"it was \"NaN, Infinity"}`;
  const plain = String.raw`{"_step":0,"loss":"NaN","most":["Infinity","-Infinity"],"why":"it was \"NaN, Infinity"}`;
  const always = { times: Infinity };
  await server.faults([
    { ...viewed({ summaryMetrics: text, historyLineCount: 1 }), ...always },
    { ...answering('RunHistory', { history: [text] }), ...always },
  ]);
  const fs = mount(server, { views: true });
  expect(await fs.promises.readFile('lab/diverged/run/.wandb/summary.json', 'utf8')).toBe(`${plain}\n`);
  expect(await fs.promises.readFile('lab/diverged/run/.wandb/history.jsonl', 'utf8')).toBe(`${plain}\n`);
});

test.each(['null', '{}', '{"lastStep":-1}'])(
  'a history whose last step a server tells as %s is whole',
  async (historyKeys) => {
    await server.seed({ 'lab/late/run': {} }, { history: ROWS });
    const fs = mount(server, { views: true });
    const body = `{"data":{"project":{"run":{"historyKeys":${historyKeys},"historyLineCount":20}}}}`;
    await server.faults([{ match: { operation: 'RunHistoryEnd' }, status: 200, body }]);
    const requests = await requestsOf(server, async () => {
      expect(await fs.promises.readFile('lab/late/run/.wandb/history.jsonl', 'utf8')).toBe(TEXT);
    });
    expect(requests.filter(({ operation }) => operation === 'RunHistory')).toHaveLength(1);
  },
);

test('a server that knows nothing of what views are made of is ENOTSUP that names the option', async () => {
  await server.seed({ 'lab/old/run': { 'a.txt': 'A' } });
  const fs = mount(server, { views: true });
  await server.faults(
    ['RunViewsWithParquet', 'RunViews'].map((operation) => ({
      match: { operation },
      graphqlError: 'Cannot query field "historyLineCount" on type "Run".',
    })),
  );
  const listing = fs.promises.readdir('lab/old/run');
  await expect(listing).rejects.toMatchObject({ code: 'ENOTSUP' });
  await expect(listing).rejects.toThrow(/leave out the option `views`/);
});

test('watchFile tells the sizes of a history that grows', async () => {
  const seed = (rows: number) =>
    server.seed({ 'lab/live/run': {} }, { state: 'running', history: ROWS.slice(0, rows) });
  await seed(5);
  const fs = mount(server, { views: true, listingTtl: 20 });
  const path = 'lab/live/run/.wandb/history.jsonl';
  const seen: (readonly [number, number])[] = [];
  fs.watchFile(path, { interval: 20 }, (now, before) => seen.push([before.size, now.size]));
  await seed(8);
  await eventually(
    async () => seen.length,
    (count) => count > 0,
  );
  fs.unwatchFile(path);
  const sizeOf = (rows: number): number =>
    ROWS.slice(0, rows)
      .map((row) => JSON.stringify(row))
      .join('\n').length + 1;
  expect(seen).toEqual([[sizeOf(5), sizeOf(8)]]);
});
