import type { CommitOptions, DraftFile } from '../../src/contract/drafts.js';
import { checkInnerPath, checkReserved } from '../../src/store/artifacts/names.js';
import { checkCommitOptions } from '../../src/store/artifacts/writing/commit/options.js';
import { ARTIFACT_FEATURES } from '../../src/testing/index.js';
import { Bench, contentsOf, counted, FLOWERS, PROJECT } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const many = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

describe('what a commit is refused for, before any request', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  test.each<[CommitOptions, RegExp]>([
    [{ aliases: ['a/b'] }, /alias 'a\/b' must not contain/],
    [{ aliases: ['a:b'] }, /alias 'a:b' must not contain/],
    [{ aliases: [''] }, /must not be empty/],
    [{ aliases: ['v3'] }, /'v3' is the name of a version/],
    [{ aliases: ['a'.repeat(129)] }, /at most 128 characters/],
    [{ tags: ['a/b'] }, /tag 'a\/b' must be words/],
    [{ tags: [' a'] }, /must be words/],
    [{ tags: ['a'.repeat(129)] }, /128 characters at most/],
    [{ metadata: many(101) }, /at most 100 keys/],
    [{ metadata: { a: { b: Infinity } } }, /infinite numbers: .* at 'b'/],
    [{ metadata: { big: 1n } }, /a bigint at 'big'/],
    [{ metadata: { call: () => 1 } }, /a function at 'call'/],
    [{ metadata: cyclic }, /must not contain itself/],
    [{ metadata: [] as never }, /is an object/],
    [{ ttl: 0 }, /`ttl` is a whole number of seconds from 1 up/],
    [{ ttl: 1.5 }, /`ttl`/],
    [{ ttl: Number.NaN }, /`ttl`/],
    [{ runId: 'a/b' }, /`runId`/],
    [{ runId: ' a' }, /`runId`/],
    [{ finish: false }, /`distributedId`/],
    [{ distributedId: '' }, /must not be empty/],
    [{ distributedId: 'x', incremental: true }, /give one of them/],
    [{ digestAlgorithm: 'SHA1' as never }, /'MD5' or 'XXH128'/],
  ])('%p', async (options, rule) => {
    const requests = await bench.requestsOf(async () => {
      const failure = await failureOf(bench.commit({ a: '1' }, options));
      expect(failure).toMatchObject({ code: 'EINVAL', detail: expect.stringMatching(rule) });
    });
    expect(requests).toEqual([]);
  });

  test.each([
    ['wandb-history', 'flowers'],
    ['job', 'flowers'],
    ['run_table', 'run-x'],
    ['code', 'source-x'],
  ])('the type %s with the name %s', async (type, name) => {
    const failure = await failureOf(bench.commit({ a: '1' }, {}, `${PROJECT}/${type}/${name}`));
    expect(failure).toMatchObject({ code: 'EINVAL', detail: expect.stringContaining("W&B's own") });
  });

  test('a path that is no collection', async () => {
    expect(await failureOf(bench.commit({ a: '1' }, {}, PROJECT))).toMatchObject({ code: 'EINVAL' });
    expect(await failureOf(bench.commit({ a: '1' }, {}, `${FLOWERS}/v0`))).toMatchObject({ code: 'EINVAL' });
  });
});

test('what is not reserved may be', () => {
  expect(() => checkReserved('run_table', 'flowers')).not.toThrow();
  expect(() => checkReserved('code', 'flowers')).not.toThrow();
  expect(() => checkReserved('jobs', 'flowers')).not.toThrow();
});

test('a hundred keys, ten languages of tags and repetitions are fine', () => {
  const checked = checkCommitOptions({
    aliases: ['latest', 'best', 'best', 'v1.0', 'v'],
    tags: ['größe', '大きい', 'a b', 'a-b_c'],
    metadata: many(100),
  });
  expect(checked.aliases).toEqual(['latest', 'best', 'v1.0', 'v']);
  expect(checked.tags).toEqual(['größe', '大きい', 'a b', 'a-b_c']);
});

describe('paths inside of an artifact', () => {
  test.each([
    '',
    '.',
    '..',
    'a/..',
    '../a',
    'a/../b',
    'a\\..\\b',
    '/x',
    'a//b',
    './a',
    'a/',
    'C:x',
    'C:\\x',
    '\\\\srv\\x',
    '\ud800',
  ])('%p can be none', (path) => {
    expect(() => checkInnerPath(path)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  test.each(['..a', 'a..b', 'a\\b', ' a ', 'a\nb', 'ab:c', '\u{1F600}', '__proto__'])('%p can', (path) => {
    expect(() => checkInnerPath(path)).not.toThrow();
  });
});

describe('a draft', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start();
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  const refusal = async (files: readonly DraftFile[]) => {
    let failure: unknown;
    const requests = await bench.requestsOf(async () => {
      failure = await failureOf(bench.commit(files));
    });
    expect(counted(requests)).not.toHaveProperty('CreateArtifact');
    return failure;
  };

  test('with a name that would leave the artifact is EINVAL', async () => {
    expect(await refusal(contentsOf({ '%2E%2E/x': '1' }))).toMatchObject({
      code: 'EINVAL',
      detail: expect.stringContaining("'../x'"),
    });
  });

  test('with two files of one name is EINVAL', async () => {
    const files = [...contentsOf({ a: '1' }), ...contentsOf({ a: '2' })];
    expect(await refusal(files)).toMatchObject({ code: 'EINVAL', detail: expect.stringContaining("'a'") });
  });

  test('with a reference that is no URI is EINVAL', async () => {
    expect(await refusal([{ name: 'r', kind: 'reference', uri: '/etc/passwd' }])).toMatchObject({
      code: 'EINVAL',
      detail: expect.stringContaining("'r'"),
    });
  });
});

describe('a collection', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start({ organizations: [{ name: 'Acme, Inc.', entity: 'acme', teams: ['lab'] }] });
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  const refusal = (collection: string, options: CommitOptions = {}) =>
    failureOf(bench.commit({ a: '1' }, options, collection));

  test('that is new has a name by the rule', async () => {
    expect(await refusal(`${PROJECT}/dataset/two words`)).toMatchObject({
      code: 'EINVAL',
      detail: expect.stringContaining("'two words'"),
    });
    expect(await refusal(`${PROJECT}/dataset/${'a'.repeat(129)}`)).toMatchObject({ code: 'EINVAL' });
    expect(await refusal(`${PROJECT}/a%2Fb/flowers`)).toMatchObject({
      code: 'EINVAL',
      detail: expect.stringContaining("'a/b'"),
    });
  });

  test('that is old takes versions whatever its name', async () => {
    await bench.wandb.seedArtifacts({
      [`${PROJECT}/dataset/two words`]: { versions: [{ files: { a: '0' } }] },
    });
    expect(await bench.commit({ a: '1' }, {}, `${PROJECT}/dataset/two words`)).toMatchObject({
      version: 'v1',
    });
  });

  test('of another type is EINVAL, naming that', async () => {
    await bench.commit({ a: '1' });
    expect(await refusal(`${PROJECT}/model/flowers`)).toMatchObject({
      code: 'EINVAL',
      detail: expect.stringContaining("'dataset', not 'model'"),
    });
  });

  test('of links takes no versions of its own', async () => {
    await bench.wandb.seedArtifacts({ [`${PROJECT}/dataset/shelf`]: { links: [] } });
    expect(await refusal(`${PROJECT}/dataset/shelf`)).toMatchObject({
      code: 'EPERM',
      detail: expect.stringContaining('link'),
    });
    expect(await refusal('acme/wandb-registry-dataset/dataset/best')).toMatchObject({
      code: 'EPERM',
      detail: expect.stringMatching(/^A registry holds links/),
    });
  });

  test('of a project that is not there is ENOENT', async () => {
    expect(await refusal('lab/nowhere/dataset/flowers')).toMatchObject({
      code: 'ENOENT',
      detail: expect.stringContaining('mkdir'),
    });
  });

  test('keeps to the digests that it has', async () => {
    await using newer = await Bench.start({ features: [...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'] });
    await newer.commit({ a: '1' });
    expect(await failureOf(newer.commit({ a: '2' }, { digestAlgorithm: 'XXH128' }))).toMatchObject({
      code: 'EINVAL',
      detail: expect.stringContaining('MD5s'),
    });
    expect(await newer.versions()).toEqual({ v0: ['latest'] });
  });

  test('takes XXH128 only where the server does', async () => {
    expect(await refusal(FLOWERS, { digestAlgorithm: 'XXH128' })).toMatchObject({
      code: 'ENOTSUP',
      detail: expect.stringContaining('digestAlgorithm'),
    });
  });
});
