import { ARTIFACT_FEATURES, RUN_FEATURES } from '../../src/testing/index.js';
import { Bench, contentsOf, FLOWERS, PROJECT } from '../store/helpers/artifacts.js';
import { downloaded, filesOf, runSdk, type Step } from './sdk.js';

jest.setTimeout(300_000);

const TEXTS = { 'a.txt': 'hello', 'dir/b.txt': 'world', '\u{1F600}.txt': 'x', '\uFF01.txt': 'y', empty: '' };
const NAME = `${PROJECT}/flowers`;

describe.each([
  ['MD5', [...RUN_FEATURES, ...ARTIFACT_FEATURES]],
  ['XXH128', [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM']],
] as const)('versions with digests of %s', (digestAlgorithm, features) => {
  let bench: Bench;
  beforeAll(async () => {
    const artifacts = { multipartBytes: 500_000, partBytes: 300_000 };
    bench = await Bench.start({ features }, {}, artifacts);
  });
  afterAll(() => bench[Symbol.asyncDispose]());
  const sdk = (...steps: Step[]): Promise<unknown[]> => runSdk(bench.wandb, steps);

  test('that we commit are read and verified by the SDK', async () => {
    const facts = { aliases: ['prod'], metadata: { k: [1, null] }, tags: ['t 1'], description: 'd' };
    const { digest } = await bench.commit(TEXTS, { ...facts, digestAlgorithm });
    const [seen, files] = await sdk(
      { do: 'artifact', artifact: `${NAME}:prod` },
      { do: 'downloadArtifact', artifact: `${NAME}:v0` },
    );
    expect(seen).toMatchObject({
      version: 'v0',
      digest,
      aliases: ['latest', 'prod'],
      metadata: facts.metadata,
      tags: facts.tags,
      description: 'd',
      state: 'COMMITTED',
      size: 12,
      fileCount: 5,
    });
    expect(downloaded(files)).toEqual(filesOf(TEXTS));
  });

  test('have the digests that the SDK gives them: what it logs is the same version', async () => {
    const about = { run: `${PROJECT}/sdk`, name: 'flowers', files: filesOf(TEXTS), aliases: ['sdk'] };
    const [logged] = await sdk({ do: 'logArtifact', ...about, digestAlgorithm });
    expect(logged).toMatchObject({ version: 'v0' });
    expect(await bench.versions()).toEqual({ v0: ['latest', 'prod', 'sdk'] });
  });

  test('that came in parts, or were copied, are read by the SDK too', async () => {
    const big = Buffer.alloc(1_000_000, 'wandb');
    await bench.commit({ big }, { digestAlgorithm });
    await bench.commit(
      [{ name: 'copy/big', kind: 'copy', origin: `${FLOWERS}/v1/big` }, ...contentsOf({ new: '1' })],
      { digestAlgorithm },
    );
    const [files] = await sdk({ do: 'downloadArtifact', artifact: `${NAME}:v2` });
    expect(downloaded(files)).toEqual({ 'copy/big': big, new: Buffer.from('1') });
  });

  test('that we commit are drafts for the SDK', async () => {
    const files = filesOf({ added: '2' });
    const [logged] = await sdk({
      do: 'newDraft',
      run: `${PROJECT}/sdk`,
      artifact: `${NAME}:v0`,
      remove: ['a.txt'],
      files,
    });
    expect(logged).toMatchObject({ version: 'v3' });
    expect(await bench.files()).toMatchObject({ added: '2', 'dir/b.txt': 'world' });
  });
});

describe('with the SDK', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  test.each([
    ['we finish', false],
    ['it finishes', true],
  ])('a version is made together that %s', async (name, isFinishedBySdk) => {
    const distributedId = `together-${name}`;
    const collection = `${PROJECT}/dataset/shared-${isFinishedBySdk}`;
    const part = (finish: boolean): Step => ({
      do: 'distributedArtifact',
      run: `${PROJECT}/part`,
      name: `shared-${isFinishedBySdk}`,
      distributedID: distributedId,
      files: filesOf({ theirs: '1' }),
      finish,
    });
    const commit = (finish: boolean) => bench.commit({ ours: '2' }, { distributedId, finish }, collection);
    if (isFinishedBySdk) {
      await commit(false);
      await runSdk(bench.wandb, [part(true)]);
    } else {
      await runSdk(bench.wandb, [part(false)]);
      expect(await commit(true)).toMatchObject({ version: 'v0' });
    }
    expect(await bench.files(`shared-${isFinishedBySdk}`)).toEqual({ theirs: '1', ours: '2' });
  });

  test('a version grows by increments of both', async () => {
    const increment = (files: Readonly<Record<string, string>>): Step => ({
      do: 'logArtifact',
      run: `${PROJECT}/sdk`,
      name: 'growing',
      incremental: true,
      files: filesOf(files),
    });
    const growing = `${PROJECT}/dataset/growing`;
    await bench.commit({ a: '1', b: '1' }, {}, growing);
    await runSdk(bench.wandb, [increment({ b: '2' })]);
    await bench.commit({ c: '3' }, { incremental: true }, growing);
    expect(await bench.files('growing')).toEqual({ a: '1', b: '2', c: '3' });
  });

  test('a link that we make is read as one', async () => {
    await bench.commit({ a: '1' });
    await bench.writing.symlink(
      { path: `${PROJECT}/dataset/shelf/prod`, target: `${FLOWERS}/v0`, replaces: null },
      {},
    );
    const [seen] = await runSdk(bench.wandb, [{ do: 'artifact', artifact: `${PROJECT}/shelf:prod` }]);
    expect(seen).toMatchObject({ version: 'v0', link: true, source: 'flowers:v0' });
  });
});
