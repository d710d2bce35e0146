import { createWandbFs, type FindOptions } from 'wandb-fs';
import { startFakeWandb } from 'wandb-fs/testing';
import { runSdk } from './sdk.js';

jest.setTimeout(120_000);

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
