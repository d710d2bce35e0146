import { createWandbArtifactFs, createWandbFs, type FindOptions } from 'wandb-fs';
import { type FakeWandb, startFakeWandb } from 'wandb-fs/testing';
import { runSdk, type Sdk, startSdk } from './sdk.js';
import { readTree } from './trees.js';

jest.setTimeout(120_000);

describe('what the official SDK offers beside files and versions', () => {
  let wandb: FakeWandb;
  let sdk: Sdk;
  beforeAll(async () => {
    wandb = await startFakeWandb({
      viewer: { entity: 'team', username: 'someone', email: 'someone@localhost' },
      organizations: [{ name: 'Acme, Inc.', entity: 'acme-org', teams: ['team', 'crew'] }],
    });
    sdk = await startSdk(wandb);
  });
  afterAll(async () => {
    await sdk.close();
    await wandb.close();
  });

  const artifactFs = () => createWandbArtifactFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });

  test('code that a run saves is an artifact that we read', async () => {
    const sources = { 'train.py': 'print(1)\n', 'lib/deep.py': 'print(2)\n', 'not-code.txt': 'left out' };
    const [result] = await sdk.run({ do: 'saveCode', run: 'team/code/saved', sources });
    expect(result).toMatchObject({ saved: true, logged: 'logged-code:v0' });
    const { all } = result as { all: string[] };
    await using fs = artifactFs();
    for (const name of all.map((one) => one.replace(':v0', ''))) {
      const tree = await readTree(fs, `/team/code/code/${name}/latest`);
      expect(Object.fromEntries(Object.entries(tree).map(([path, bytes]) => [path, `${bytes}`]))).toEqual({
        'train.py': 'print(1)\n',
        'lib/deep.py': 'print(2)\n',
      });
    }
    expect(all).toHaveLength(2);
  });

  test('history is scanned whole, and sampled evenly', async () => {
    const run = 'team/history/long';
    const [, history] = await sdk.run(
      { do: 'logHistory', run, count: 20 },
      { do: 'readHistory', run, samples: 5 },
    );
    const steps = Array.from({ length: 20 }, (_, step) => step);
    expect(history).toEqual({
      scanned: steps.map((step) => (step % 2 === 0 ? [step, step / 2, null] : [step, null, step])),
      scannedPart: [[2], [3], [4]],
      history: [[0], [5], [10], [14], [19]],
      sampled: [0, 4, 10, 14, 18].map((step) => [step, step / 2]),
      nested: steps.filter((step) => step % 2 === 0).map((step) => [step]),
      frame: steps.filter((step) => step % 2 === 1),
      lastStep: 19,
      keys: { loss: 9, 'deep.er': 18, rare: 19 },
    });
  });

  test('runs that we made are found by filters', async () => {
    await using fs = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
    await fs.promises.mkdir('/team/found/ours', { recursive: true });
    await wandb.seed({ 'team/found/low': {} }, { summaryMetrics: { acc: 0.2 }, tags: ['old'] });
    await wandb.seed({ 'team/found/high': {} }, { summaryMetrics: { acc: 0.8 }, state: 'crashed' });
    const filtered = (filters: object, order?: string) => ({
      do: 'filteredRuns',
      project: 'team/found',
      filters,
      ...(order && { order }),
    });
    expect(
      await sdk.run(
        filtered({}),
        filtered({ state: 'finished' }),
        filtered({ 'summary_metrics.acc': { $gt: 0.1 } }, '-summary_metrics.acc'),
        filtered({ $or: [{ tags: { $in: ['old'] } }, { display_name: { $regex: '^nothing' } }] }),
      ),
    ).toEqual([['ours', 'low', 'high'], ['ours', 'low'], ['high', 'low'], ['low']]);
  });

  test('a run links into a registry, which is made for it, and we read it there', async () => {
    const step = { do: 'linkFromRun', run: 'team/models/train', name: 'net', content: 'weights' };
    const [linked, elsewhere] = await sdk.run(
      { ...step, target: 'wandb-registry-model/classifier', aliases: ['prod'] },
      { ...step, target: 'crew/unmade/portfolio', aliases: [] },
    );
    expect(linked).toEqual({
      path: 'acme-org/wandb-registry-model/classifier:v0',
      source: 'team/models/net:v0',
      link: true,
      aliases: ['latest', 'prod'],
      links: ['acme-org/wandb-registry-model/classifier:v0'],
    });
    expect(elsewhere).toMatchObject({ path: 'crew/unmade/portfolio:v0', source: 'team/models/net:v0' });
    await using fs = artifactFs();
    const path = '/acme-org/wandb-registry-model/model/classifier';
    expect(await fs.promises.readdir(path)).toEqual(['latest', 'prod', 'v0']);
    expect(await fs.promises.readFile(`${path}/prod/model.txt`, 'utf8')).toBe('weights');
  });

  test('registries are made, searched, renamed and deleted', async () => {
    await using fs = artifactFs();
    for (const type of ['model', 'dataset']) {
      await fs.promises.mkdir(`/team/stock/${type}/${type}s/draft`, { recursive: true });
      await fs.promises.writeFile(`/team/stock/${type}/${type}s/draft/a.txt`, type);
      await fs.wandb.commit(`/team/stock/${type}/${type}s/draft`);
    }
    const [seen] = await sdk.run({
      do: 'registries',
      organization: 'Acme, Inc.',
      model: 'team/stock/models:v0',
      dataset: 'team/stock/datasets:v0',
    });
    expect(seen).toMatchObject({
      names: expect.arrayContaining(['wares']),
      description: 'what is ready',
      collections: ['best'],
      versions: [['best:v0', ['latest', 'prod']]],
      refused: expect.stringMatching(/takes no artifacts of type dataset/),
      renamed: 'models:v0',
    });
    expect((seen as { left: string[] }).left).not.toContain('goods');
  });

  test('a run is renamed, tagged and configured, deleted, and deleted once more', async () => {
    await wandb.seed({ 'team/changed/run': {} });
    expect(await sdk.run({ do: 'changeRun', run: 'team/changed/run' })).toEqual([
      {
        name: 'renamed',
        description: 'told',
        tags: ['one', 'two'],
        group: 'a group',
        config: 3,
        summary: 0.9,
        left: [],
      },
    ]);
  });

  test('the viewer is found as a user, has teams, an organisation and keys, new ones too', async () => {
    expect(await sdk.run({ do: 'viewer', team: 'crew', organization: 'Acme, Inc.' })).toEqual([
      {
        made: 'made-team',
        username: 'someone',
        teams: ['team', 'crew'],
        user: 'someone',
        stranger: null,
        keys: 2,
        kind: 'team',
        members: ['someone'],
        organization: 'acme-org',
        codeSaving: true,
      },
    ]);
  });

  test('a sweep goes through a grid', async () => {
    const parameters = { x: { values: [1, 2] }, y: { values: [10, 20] }, fixed: { value: 'same' } };
    expect(await sdk.run({ do: 'sweep', project: 'team/swept', parameters, count: 4 })).toEqual([
      {
        runs: [
          [1, 10, 10],
          [1, 20, 20],
          [2, 10, 20],
          [2, 20, 40],
        ],
        best: 40,
        expected: 4,
      },
    ]);
  });

  test('nothing of that was asked in vain', async () => {
    const refused = (await wandb.requests()).filter(({ status }) => status === 0 || status >= 400);
    expect(refused).toEqual([]);
  });
});

/** What is asked of the SDK in W&B's own names, and of `find` in its own. */
const QUESTIONS: readonly (readonly [filters: object, order: string, options: FindOptions])[] = [
  [{}, '+created_at', {}],
  [{ display_name: 'two' }, '+created_at', { displayName: 'two' }],
  [{ display_name: { $regex: '^t' } }, '-created_at', { displayName: { $regex: '^t' }, order: '-createdAt' }],
  [{ 'config.lr': 0.1 }, '+created_at', { config: { lr: 0.1 } }],
  [{ 'config.model.value.layers': 3 }, '+created_at', { config: { model: { layers: 3 } } }],
  [
    { 'summary_metrics.loss': { $lt: 2 } },
    '-summary_metrics.loss',
    { summary: { loss: { $lt: 2 } }, order: '-summary.loss' },
  ],
  [{ tags: 'best' }, '+config.lr.value', { tags: 'best', order: 'config.lr' }],
  [
    { $or: [{ state: 'crashed' }, { tags: 'best' }] },
    '+created_at',
    {
      filters: { $or: [{ state: 'crashed' }, { tags: 'best' }] },
    },
  ],
];

test('find finds what the SDK finds, and info tells what it tells', async () => {
  await using wandb = await startFakeWandb();
  const about = [
    { displayName: 'one', state: 'crashed', tags: [] as string[], lr: 0.1, layers: 2, loss: 2 },
    { displayName: 'two', state: 'finished', tags: ['best'], lr: 0.1, layers: 3, loss: 1 },
    { displayName: 'three', state: 'finished', tags: ['best'], lr: 0.01, layers: 3, loss: 1.5 },
  ];
  for (const [index, { lr, layers, loss, ...plain }] of about.entries()) {
    const config = {
      lr: { value: lr, desc: null },
      model: { value: { layers } },
      _wandb: { value: { t: 1 } },
      plain: 'as it is',
    };
    const described = { ...plain, config, summaryMetrics: { loss }, createdAt: Date.UTC(2026, 0, 1 + index) };
    await wandb.seed({ [`team/project/r${index}`]: {} }, described);
  }
  await using fs = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
  const [details, ...found] = (await runSdk(wandb, [
    { do: 'run', run: 'team/project/r0' },
    ...QUESTIONS.map(([filters, order]) => ({ do: 'runs', project: 'team/project', filters, order })),
  ])) as [object, ...{ runs: { id: string }[] }[]];
  const { state, config, summary } =
    (await fs.wandb.find({ entity: 'team', project: 'project' }).first()) ?? {};
  expect({ state, config, summary }).toEqual({
    ...{
      state: 'crashed',
      config: { lr: 0.1, model: { layers: 2 }, plain: 'as it is' },
      summary: { loss: 2 },
    },
  });
  expect(details).toMatchObject({ state, config, summary });
  for (const [index, [, , options]] of QUESTIONS.entries()) {
    const ours = await fs.wandb.find({ entity: 'team', project: 'project', ...options }).toArray();
    expect([index, ours.map(({ name }) => name)]).toEqual([index, found[index]?.runs.map(({ id }) => id)]);
    expect(ours).not.toEqual([]);
  }
});
