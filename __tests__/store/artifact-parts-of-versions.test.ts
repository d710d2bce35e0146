import { Bench, counted, FLOWERS } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => bench[Symbol.asyncDispose]());

describe('an incremental commit', () => {
  test('keeps all of the latest version but what it holds', async () => {
    await bench.commit({ a: '1', b: '1' });
    const outcome = await bench.commit({ b: '2', c: '2' }, { incremental: true });
    expect(outcome).toMatchObject({ version: 'v1', deduplicated: false });
    expect(await bench.files()).toEqual({ a: '1', b: '2', c: '2' });
    expect(await bench.versions()).toEqual({ v0: [], v1: ['latest'] });
  });

  test('sends the requests of the SDK', async () => {
    const first = await bench.commit({ a: '1' });
    const requests = await bench.requestsOf(() => bench.commit({ b: '2' }, { incremental: true }));
    expect(counted(requests)).toMatchObject({
      CreateArtifactManifest: 1,
      UpdateArtifactManifest: 1,
      CommitArtifact: 1,
    });
    const variables = (name: string) => requests.find(({ operation }) => operation === name)?.variables;
    expect(variables('CreateArtifactManifest')).toMatchObject({
      input: {
        type: 'INCREMENTAL',
        name: 'wandb_manifest.incremental.json',
        baseArtifactID: first.id,
        digest: '',
      },
    });
    expect(variables('UpdateArtifactManifest')).toMatchObject({ input: { baseArtifactID: null } });
  });

  test('that repeats what an old version was is none of that version', async () => {
    await bench.commit({ a: '1' });
    await bench.commit({ a: '2', b: '2' });
    const outcome = await bench.commit({ a: '1' }, { incremental: true });
    expect(outcome).toMatchObject({ version: 'v2', deduplicated: false });
    expect(await bench.files()).toEqual({ a: '1', b: '2' });
  });

  test('is the first version where there is none', async () => {
    expect(await bench.commit({ a: '1' }, { incremental: true })).toMatchObject({ version: 'v0' });
    expect(await bench.files()).toEqual({ a: '1' });
  });
});

describe('a version that several processes make', () => {
  const distributedId = 'training-1';

  test('has what all of them contribute, and appears when one finishes it', async () => {
    const workers = [bench.another(), bench.another(), bench.another()];
    const outcomes = await Promise.all(
      workers.map((worker, index) =>
        worker.commit({ [`part-${index}`]: `${index}` }, { distributedId, finish: false }),
      ),
    );
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ version: null, aliases: [], entries: [], deduplicated: false });
    }
    expect(await bench.versions()).toEqual({});
    const done = await bench.commit({ index: 'all' }, { distributedId, aliases: ['done'] });
    expect(done).toMatchObject({ version: 'v0', id: outcomes[0]?.id });
    expect(await bench.files()).toEqual({ 'part-0': '0', 'part-1': '1', 'part-2': '2', index: 'all' });
    expect(await bench.versions()).toEqual({ v0: ['done', 'latest'] });
    for (const worker of workers) await worker[Symbol.asyncDispose]();
  });

  test('can be finished without a contribution', async () => {
    await bench.commit({ a: '1' }, { distributedId, finish: false });
    expect(await bench.commit({}, { distributedId })).toMatchObject({ version: 'v0' });
    expect(await bench.files()).toEqual({ a: '1' });
  });

  test('is announced in patches, as the SDK does it', async () => {
    const requests = await bench.requestsOf(() => bench.commit({ a: '1' }, { distributedId, finish: false }));
    expect(counted(requests)).not.toHaveProperty('CommitArtifact');
    const variables = (name: string) => requests.find(({ operation }) => operation === name)?.variables;
    expect(variables('CreateArtifact')).toMatchObject({ input: { distributedID: distributedId } });
    expect(variables('CreateArtifactManifest')).toMatchObject({
      input: { type: 'PATCH', name: 'wandb_manifest.patch.json' },
    });
    expect(counted(requests)).toMatchObject({ UpdateArtifactManifest: 1 });
  });

  test('needs its id to be left unfinished', async () => {
    const failure = await failureOf(bench.commit({ a: '1' }, { finish: false }));
    expect(failure).toMatchObject({ code: 'EINVAL', detail: expect.stringContaining('distributedId') });
  });
});

describe('commits at once', () => {
  test('of one collection become versions one after another, in their order', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) => bench.commit({ a: `${index}` }, { aliases: [`n${index}`] })),
    );
    expect(outcomes.map(({ version }) => version)).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7']);
    expect(outcomes.at(-1)?.aliases).toContain('latest');
    expect(Object.entries(await bench.versions())[7]).toEqual(['v7', ['latest', 'n7']]);
  });

  test('of one collection go on after one of them has failed', async () => {
    await bench.wandb.faults([{ match: { operation: 'CreateArtifact' }, graphqlError: 'no' }]);
    const first = failureOf(bench.commit({ a: '0' }));
    const second = bench.commit({ a: '1' });
    expect((await first).code).toBe('EIO');
    expect(await second).toMatchObject({ version: 'v0' });
  });

  test('of several collections run beside each other', async () => {
    await bench.wandb.faults([{ match: { side: 'storage' }, delayMs: 200, times: 100 }]);
    const requests = await bench.requestsOf(() =>
      Promise.all(
        Array.from({ length: 5 }, (_, index) => bench.commit({ a: `${index}` }, {}, `${FLOWERS}-${index}`)),
      ),
    );
    const inFlight = requests.filter(({ side }) => side === 'storage').map((request) => request.inFlight);
    expect(Math.max(...inFlight)).toBe(5);
    expect(counted(requests)).toMatchObject({ CreateRun: 1 });
  });

  test('of two stores never share a version', async () => {
    await using other = bench.another();
    const outcomes = await Promise.all([bench.commit({ a: '1' }), other.commit({ a: '2' })]);
    expect(outcomes.map(({ version }) => version).sort()).toEqual(['v0', 'v1']);
  });
});
