import { type FakeWandb, type FakeWandbOptions, RUN_FEATURES, startFakeWandb } from 'wandb-fs/testing';
import { awkwardFiles } from '../../__fixtures__/index.js';
import { downloaded, filesOf, runSdk } from './sdk.js';

jest.setTimeout(120_000);

const run = 'team/project/run-1';
const saved = filesOf({
  'notes.txt': 'written by the SDK\n',
  'dir/sub/data.bin': String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i)),
  'empty.txt': '',
  'ünï cödé #1 100% a+b?.txt': 'awkward',
});

/** What the SDK does in one run and sees of it afterwards, in one process. */
const life = [
  {
    do: 'live',
    run,
    files: saved,
    config: { lr: 0.1, layers: [1, 2] },
    log: [{ loss: 1 }, { loss: 0.5 }],
    console: ['first line', 'zweite Zeile: ü'],
  },
  { do: 'runs', project: 'team/project' },
  { do: 'run', run, keys: ['loss'] },
  { do: 'files', run, perPage: 3 },
  { do: 'download', run },
  {
    do: 'upload',
    run,
    files: filesOf({ 'up/loaded.txt': 'uploaded', 'up/empty.bin': '', 'notes.txt': 'replaced' }),
  },
  { do: 'download', run, names: ['up/loaded.txt', 'up/empty.bin', 'notes.txt'] },
  { do: 'delete', run, names: ['notes.txt', 'dir/sub/data.bin'] },
  { do: 'projects', entity: 'team' },
];

const kinds: readonly (readonly [string, FakeWandbOptions])[] = [
  ['all features, final with the PUT', { finalize: 'put', features: RUN_FEATURES }],
  ['all features, final with the mark', { finalize: 'mark', features: RUN_FEATURES }],
  ['no features, final with the PUT, small pages', { finalize: 'put', features: [], limits: { page: 2 } }],
  ['no features, final with the mark', { finalize: 'mark', features: [] }],
  ['S3 addresses, final after a while', { finalize: { delayMs: 50 }, storage: 's3' }],
];

describe('the official SDK accepts the local server', () => {
  describe.each(kinds)('%s', (_, options) => {
    let wandb: FakeWandb;
    let results: unknown[];
    beforeAll(async () => {
      wandb = await startFakeWandb({ viewer: { entity: 'team' }, ...options });
      results = await runSdk(wandb, life);
    });
    afterAll(() => wandb.close());

    test('a run is made, logs, and ends', () => {
      expect(results[0]).toEqual({ id: 'run-1', url: `${wandb.url}/team/project/runs/run-1` });
      expect(results[1]).toMatchObject({ count: 1, runs: [{ id: 'run-1', state: 'finished' }] });
      expect(results[2]).toEqual({
        state: 'finished',
        config: { lr: 0.1, layers: [1, 2] },
        summary: { loss: 0.5 },
        history: [{ loss: 1 }, { loss: 0.5 }],
      });
      expect(results[8]).toEqual(['project']);
    });

    test('what it saved is listed, and downloaded byte for byte', () => {
      const own = ['config.yaml', 'output.log', 'requirements.txt', 'wandb-summary.json'];
      const names = (results[3] as { name: string }[]).map((file) => file.name);
      // What the SDK knows of the machine it writes when it has looked, which a run that ends at once on a busy one doesn't wait for.
      const named = names.filter((name) => name !== 'wandb-metadata.json');
      expect(named.sort()).toEqual([...own, ...Object.keys(saved)].sort());
      const contents = downloaded(results[4]);
      expect(contents).toMatchObject(saved);
      expect(contents['output.log']?.toString()).toBe('first line\nzweite Zeile: ü\n');
      expect(JSON.parse(contents['wandb-summary.json']?.toString() ?? '')).toMatchObject({ loss: 0.5 });
    });

    test('what it uploads is there, and what it deletes is gone', async () => {
      expect(results[5]).toEqual(['up/loaded.txt', 'up/empty.bin', 'notes.txt']);
      expect(downloaded(results[6])).toEqual(
        filesOf({ 'up/loaded.txt': 'uploaded', 'up/empty.bin': '', 'notes.txt': 'replaced' }),
      );
      const left = results[7] as string[];
      expect(left).toContain('up/loaded.txt');
      expect(left).not.toContain('notes.txt');
      expect(left).not.toContain('dir/sub/data.bin');
      expect(await wandb.files(run)).not.toHaveProperty(['notes.txt']);
    });

    test('it asks for nothing that the server has not', async () => {
      const refused = (await wandb.requests()).filter(
        (request) => request.status === 0 || request.status >= 400,
      );
      expect(refused).toEqual([]);
    });
  });

  test('awkward names come and go unchanged', async () => {
    await using wandb = await startFakeWandb({ viewer: { entity: 'team' } });
    await wandb.seed({ [run]: {} });
    const files = filesOf(awkwardFiles());
    const [names, contents] = await runSdk(wandb, [
      { do: 'upload', run, files },
      { do: 'download', run },
    ]);
    expect(names).toEqual(Object.keys(files));
    expect(downloaded(contents)).toEqual(files);
    const stored = await wandb.files(run);
    for (const [name, content] of Object.entries(files))
      expect(Buffer.from(stored[name] ?? '')).toEqual(content);
  });

  test('a run that failed, is resumed, is deleted; its name is not given out again', async () => {
    await using wandb = await startFakeWandb({ viewer: { entity: 'team' } });
    const results = await runSdk(wandb, [
      { do: 'live', run, files: {}, log: [{ loss: 3 }], exitCode: 1 },
      { do: 'run', run, keys: ['loss'] },
      { do: 'live', run, files: {}, log: [{ loss: 2 }], resume: 'must' },
      { do: 'run', run, keys: ['loss'] },
      { do: 'deleteRun', run },
      { do: 'runs', project: 'team/project' },
    ]);
    expect(results[1]).toMatchObject({ state: 'failed', history: [{ loss: 3 }] });
    expect(results[3]).toMatchObject({ state: 'finished', history: [{ loss: 3 }, { loss: 2 }] });
    expect(results[5]).toEqual({ count: 0, runs: [] });
  });

  test('without the key it is refused', async () => {
    await using wandb = await startFakeWandb();
    const stranger = { ...wandb, apiKey: 'x'.repeat(40) };
    await expect(runSdk(stranger, [{ do: 'projects', entity: 'viewer' }])).rejects.toThrow(
      /Authentication|invalid/i,
    );
  });
});
