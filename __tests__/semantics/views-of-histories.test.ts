import { STANDARD, useServer } from '../helpers/server.js';
import { stream } from '../testing/client.js';
import { ROWS, rowsIn, rowsOf } from './helpers/histories.js';
import { mount } from './helpers/mounts.js';
import { requestsOf } from './helpers/requests.js';

const server = useServer(STANDARD);
afterEach(() => server.faults([]));

describe('the history of a run', () => {
  test('has all rows in their order, however their steps are spread', async () => {
    const burst = (from: number, count: number, gap: number): number[] =>
      Array.from({ length: count }, (_, index) => from + index * gap);
    const steps = [...burst(0, 2500, 1), ...burst(1_000_000, 10, 70_000), ...burst(9_000_000, 1200, 1)];
    const history = steps.map((_step) => ({ _step }));
    await server.seed({ 'lab/views/spread': {} }, { history });
    const fs = mount(server, { views: true });
    const requests = await requestsOf(server, async () => {
      expect(await rowsOf(fs, 'lab/views/spread')).toEqual(history);
    });
    expect(requests.length).toBeLessThan(60);
  });

  test('that is long is kept on the disk, and read by ranges', async () => {
    const history = Array.from({ length: 1500 }, (_, _step) => ({ _step, text: 'é'.repeat(700) }));
    await server.seed({ 'lab/views/long': {} }, { history });
    const fs = mount(server, { views: true, cacheBytes: 0 });
    const path = 'lab/views/long/.wandb/history.jsonl';
    const requests = await requestsOf(server, async () => {
      const whole = await fs.promises.readFile(path);
      expect(whole.byteLength).toBe((await fs.promises.stat(path)).size);
      expect(rowsIn(whole.toString())).toEqual(history);
      const part: Buffer[] = [];
      for await (const chunk of fs.createReadStream(path, { start: 1_000_000, end: 1_999_999 }))
        part.push(chunk);
      expect(Buffer.concat(part).equals(whole.subarray(1_000_000, 2_000_000))).toBe(true);
    });
    expect(requests.filter(({ operation }) => operation === 'RunHistory')).toHaveLength(2);
  });

  test('is told as it came, numbers that JavaScript has none for included', async () => {
    await server.seed({ 'lab/views/numbers': {} });
    const content = ['{"_step":0,"seed":12345678901234567890,\n"x":1e400}', '{"_step":1,"seed":0.1000}'];
    await stream(server, 'lab/views/numbers', {
      files: {
        'wandb-history.jsonl': { offset: 0, content },
        'wandb-summary.json': { offset: 0, content: ['{"seed": 12345678901234567890}'] },
      },
    });
    const fs = mount(server, { views: true });
    expect(await fs.promises.readFile('lab/views/numbers/.wandb/history.jsonl', 'utf8')).toBe(
      '{"_step":0,"seed":12345678901234567890, "x":1e400}\n{"_step":1,"seed":0.1000}\n',
    );
    expect(await fs.promises.readFile('lab/views/numbers/.wandb/summary.json', 'utf8')).toBe(
      '{"seed": 12345678901234567890}\n',
    );
  });

  test('that nothing was logged to is an empty file', async () => {
    await server.seed({ 'lab/views/empty': {} });
    const fs = mount(server, { views: true });
    expect(await fs.promises.readdir('lab/views/empty/.wandb')).toEqual([
      'config.yaml',
      'history.jsonl',
      'summary.json',
    ]);
    expect(await fs.promises.readFile('lab/views/empty/.wandb/history.jsonl', 'utf8')).toBe('');
    expect(await fs.promises.readFile('lab/views/empty/.wandb/config.yaml', 'utf8')).toBe('{}\n');
  });

  test.each([
    ['a row that is no JSON', '"no JSON"', /tells a row of the history that is no JSON/],
    ['no rows', 'null', /doesn't tell the history of the run/],
  ])(
    'of a server that tells %s is EPROTO, and tried again when it is read again',
    async (_, told, message) => {
      await server.seed({ 'lab/views/broken': {} }, { history: ROWS });
      const fs = mount(server, { views: true });
      const row = told === 'null' ? told : `[${told}]`;
      const body = `{"data":{"project":{"run":{"history":${row}}}}}`;
      await server.faults([{ match: { operation: 'RunHistory' }, status: 200, body }]);
      const failed = rowsOf(fs, 'lab/views/broken');
      await expect(failed).rejects.toMatchObject({ code: 'EPROTO' });
      await expect(failed).rejects.toThrow(message);
      expect(await rowsOf(fs, 'lab/views/broken')).toEqual(ROWS);
    },
  );
});

describe('views of a run that goes on', () => {
  const path = 'lab/views/live/.wandb/history.jsonl';
  const seed = (rows: number) =>
    server.seed(
      { 'lab/views/live': {} },
      { state: 'running', history: ROWS.slice(0, rows), summaryMetrics: { rows } },
    );

  test('are what the last listing has told of, as files are', async () => {
    await seed(5);
    const fs = mount(server, { views: true });
    expect(await rowsOf(fs, 'lab/views/live')).toHaveLength(5);
    await seed(8);
    expect(await rowsOf(fs, 'lab/views/live')).toHaveLength(5);
    fs.wandb.refresh('lab/views/live');
    expect(await rowsOf(fs, 'lab/views/live')).toHaveLength(8);
    expect(await fs.promises.readFile('lab/views/live/.wandb/summary.json', 'utf8')).toBe('{"rows":8}\n');
    const { size } = await fs.promises.stat(path);
    expect(size).toBe((await fs.promises.readFile(path)).byteLength);
  });

  test('an open one stays as it was', async () => {
    await seed(5);
    const fs = mount(server, { views: true, cacheBytes: 0 });
    const file = await fs.promises.open(path);
    const start = Buffer.alloc(10);
    await file.read(start, 0, 10, 0);
    await seed(8);
    fs.wandb.refresh('lab/views/live');
    expect(await rowsOf(fs, 'lab/views/live')).toHaveLength(8);
    expect(rowsIn(await file.readFile('utf8'))).toHaveLength(5);
    await file.close();
  });
});
