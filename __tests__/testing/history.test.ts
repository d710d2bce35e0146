import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { graphql, stream } from './client.js';

const run = 'lab/project/run';

describe("a run's history", () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb();
    await wandb.seed({ [run]: {}, 'lab/project/empty': {} });
    const rows = Array.from({ length: 100 }, (_, step) => ({
      _step: step,
      loss: 1 / (step + 1),
      ...(step % 10 === 0 && { eval: { acc: step }, image: { _type: 'image-file', path: 'x' } }),
    }));
    await stream(wandb, run, {
      files: { 'wandb-history.jsonl': { offset: 0, content: rows.map((row) => JSON.stringify(row)) } },
    });
  });
  afterAll(() => wandb.close());

  const ask = async (fields: string, name = 'run') => {
    const query = `{ project(name: "project", entityName: "lab") { run(name: "${name}") { ${fields} } } }`;
    const { data, errors } = await graphql<{ project: { run: Record<string, never> } } | null>(wandb, query);
    if (errors[0]) throw new Error(errors[0].message);
    return data?.project.run ?? {};
  };
  const stepsOf = (lines: readonly string[]): number[] => lines.map((line) => JSON.parse(line)._step);
  const sampledHistory = async (...specs: object[]): Promise<unknown[][]> => {
    const texts = specs.map((spec) => JSON.stringify(JSON.stringify(spec)));
    return (await ask(`sampledHistory(specs: [${texts.join()}])`)).sampledHistory ?? [];
  };

  test('is sampled over the whole range, from the first step to the last', async () => {
    const { history = [] } = await ask('history(samples: 4)');
    expect(stepsOf(history)).toEqual([0, 33, 66, 99]);
    const { history: part = [] } = await ask('history(samples: 3, minStep: 10, maxStep: 21)');
    expect(stepsOf(part)).toEqual([10, 15, 20]);
    expect((await ask('history(samples: 1)')).history).toHaveLength(1);
    expect((await ask('history(samples: 0)')).history).toEqual([]);
    expect((await ask('history')).history).toHaveLength(100);
  });

  test('is sampled by specs: rows that have all the keys, and of them those keys', async () => {
    expect(
      await sampledHistory(
        { keys: ['_step', 'eval.acc'], samples: 3 },
        { keys: ['_step'], minStep: 5, maxStep: 7 },
        { keys: ['nothing'] },
      ),
    ).toEqual([
      [0, 50, 90].map((step) => ({ _step: step, 'eval.acc': step })),
      [{ _step: 5 }, { _step: 6 }, { _step: 7 }],
      [],
    ]);
    await expect(ask('sampledHistory(specs: ["no JSON"])')).rejects.toThrow(/not JSON/);
  });

  test('tells of each key which types it had, how often, and its last value', async () => {
    expect((await ask('historyKeys')).historyKeys).toEqual({
      lastStep: 99,
      sets: [],
      keys: {
        _step: { typeCounts: [{ type: 'number', count: 100 }], previousValue: 99 },
        loss: { typeCounts: [{ type: 'number', count: 100 }], previousValue: 0.01 },
        'eval.acc': { typeCounts: [{ type: 'number', count: 10 }], previousValue: 90 },
        image: {
          typeCounts: [{ type: 'image-file', count: 10 }],
          previousValue: { _type: 'image-file', path: 'x' },
        },
      },
    });
    expect((await ask('historyKeys', 'empty')).historyKeys).toMatchObject({ lastStep: -1, keys: {} });
  });

  test('lies in no Parquet file: all of its steps are live', async () => {
    const { parquetHistory } = await ask('parquetHistory(liveKeys: ["_timestamp"]) { parquetUrls liveData }');
    expect(parquetHistory).toMatchObject({ parquetUrls: [] });
    const { liveData = [] } = parquetHistory as unknown as { liveData: { _step: number }[] };
    expect(liveData.map(({ _step: step }) => step)).toEqual(Array.from({ length: 100 }, (_, step) => step));
  });
});
