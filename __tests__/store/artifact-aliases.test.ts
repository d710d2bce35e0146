import { treePath } from '../../src/contract/tree-path.js';
import { ARTIFACT_FEATURES } from '../../src/testing/index.js';
import { Bench, counted, FLOWERS, PROJECT } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';

const SHELF = `${PROJECT}/dataset/shelf`;
const REGISTRY = 'acme/wandb-registry-dataset/dataset/best';

let bench: Bench;
const start = async (features: readonly string[] = ARTIFACT_FEATURES): Promise<void> => {
  bench = await Bench.start({
    features,
    organizations: [{ name: 'Acme, Inc.', entity: 'acme', teams: ['lab'], protectedAliases: ['production'] }],
  });
  await bench.wandb.seedArtifacts({
    [FLOWERS]: { versions: [{ files: { a: '1' }, aliases: ['old'] }, { files: { a: '2' } }] },
    'acme/wandb-registry-dataset/dataset/empty': { links: [] },
  });
};
beforeEach(() => start());
afterEach(() => bench[Symbol.asyncDispose]());

const symlink = (path: string, target: string, replaces: string | null = null) =>
  bench.writing.symlink(
    {
      path: treePath(path),
      target: treePath(target),
      replaces: replaces === null ? null : treePath(replaces),
    },
    {},
  );

describe('an alias', () => {
  test('is set on a version of its collection, in two requests', async () => {
    let entries: unknown;
    const requests = await bench.requestsOf(async () => {
      entries = await symlink(`${FLOWERS}/prod`, `${FLOWERS}/v0`);
    });
    expect(counted(requests)).toEqual({ FindMembership: 1, AddAliases: 1 });
    expect(await bench.versions()).toEqual({ v0: ['old', 'prod'], v1: ['latest'] });
    expect(entries).toMatchObject([{ path: `${FLOWERS}/prod`, kind: 'symlink', target: 'v0' }]);
  });

  test('moves from one version to another', async () => {
    await symlink(`${FLOWERS}/old`, `${FLOWERS}/v1`);
    expect(await bench.versions()).toEqual({ v0: [], v1: ['latest', 'old'] });
  });

  test('leads where the alias leads that it is set on', async () => {
    const entries = await symlink(`${FLOWERS}/prod`, `${FLOWERS}/latest`);
    expect(entries).toMatchObject([{ target: 'v1' }]);
  });

  test('is renamed: the new one stands, then the old one goes', async () => {
    const requests = await bench.requestsOf(() =>
      symlink(`${FLOWERS}/new`, `${FLOWERS}/v0`, `${FLOWERS}/old`),
    );
    expect(counted(requests)).toEqual({ FindMembership: 1, AddAliases: 1, DeleteAliases: 1 });
    expect(await bench.versions()).toEqual({ v0: ['new'], v1: ['latest'] });
  });

  test.each([
    ['v7', /'v7' is the name of a version/],
    ['a:b', /must not contain/],
    ['%', /must not be empty/],
  ])('can not be called %s', async (name, rule) => {
    const failure = await failureOf(symlink(`${FLOWERS}/${name}`, `${FLOWERS}/v0`));
    expect(failure).toMatchObject({ code: 'EINVAL', detail: expect.stringMatching(rule) });
  });

  test('of what is not there is ENOENT', async () => {
    const failure = await failureOf(symlink(`${FLOWERS}/prod`, `${FLOWERS}/v9`));
    expect(failure).toMatchObject({ code: 'ENOENT', detail: expect.stringContaining("'v9'") });
  });

  test('is removed; those of one version in one request', async () => {
    await symlink(`${FLOWERS}/older`, `${FLOWERS}/v0`);
    const requests = await bench.requestsOf(() =>
      bench.writing.remove(
        ['old', 'older', 'latest', 'gone'].map((name) => ({
          path: treePath(`${FLOWERS}/${name}`),
          id: null,
        })),
        {},
      ),
    );
    expect(counted(requests)).toEqual({ ListCollectionAliases: 1, DeleteAliases: 2 });
    expect(await bench.versions()).toEqual({ v0: [], v1: [] });
  });

  test('that is gone already, with its collection or project, counts as removed', async () => {
    await bench.writing.remove(
      [
        { path: treePath(`${PROJECT}/dataset/none/x`), id: null },
        { path: treePath('lab/none/dataset/none/x'), id: 'x' },
      ],
      {},
    );
    expect(counted(await bench.wandb.requests())).not.toHaveProperty('DeleteAliases');
  });

  test('is none where a version stands', async () => {
    const failure = await failureOf(
      bench.writing.remove([{ path: treePath(`${FLOWERS}/v0`), id: null }], {}),
    );
    expect(failure).toMatchObject({ code: 'EISDIR' });
  });

  test('is found among more than one page of them', async () => {
    await bench[Symbol.asyncDispose]();
    bench = await Bench.start({ limits: { page: 3 } });
    const aliases = Array.from({ length: 10 }, (_, index) => `a${index}`);
    await bench.wandb.seedArtifacts({ [FLOWERS]: { versions: [{ files: { a: '1' }, aliases }] } });
    await bench.writing.remove(
      [
        { path: treePath(`${FLOWERS}/a9`), id: null },
        { path: treePath(`${FLOWERS}/a0`), id: null },
      ],
      {},
    );
    expect((await bench.versions()).v0).not.toContain('a9');
    expect((await bench.versions()).v0).toContain('a8');
  });
});

describe.each([
  ['that tells what a link made', ARTIFACT_FEATURES],
  [
    'that does not',
    ARTIFACT_FEATURES.filter((feature) => feature !== 'ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE'),
  ],
])('a link on a server %s', (_name, features) => {
  beforeEach(async () => {
    await bench[Symbol.asyncDispose]();
    await start(features);
  });

  test('makes the collection, and a version of it with its own number', async () => {
    const entries = await symlink(`${SHELF}/prod`, `${FLOWERS}/v1`);
    expect(entries.map(({ path, kind, target }) => [path, kind, target])).toEqual([
      [`${SHELF}/v0`, 'directory', undefined],
      ...['latest', 'prod'].map((name) => [`${SHELF}/${name}`, 'symlink', 'v0']),
    ]);
    expect(await bench.versions(SHELF)).toEqual({ v0: ['latest', 'prod'] });
    expect(await bench.versions()).toEqual({ v0: ['old'], v1: ['latest'] });
    expect(await bench.files('shelf:prod')).toEqual({ a: '2' });
  });

  test('into a registry goes to the entity of the organisation', async () => {
    await symlink('Acme, Inc./wandb-registry-dataset/dataset/best/prod', `${FLOWERS}/v0`);
    expect(await bench.versions(REGISTRY)).toEqual({ v0: ['latest', 'prod'] });
  });
});

describe('a link', () => {
  test('moves an alias of the collection that it goes to', async () => {
    await symlink(`${SHELF}/prod`, `${FLOWERS}/v0`);
    await symlink(`${SHELF}/prod`, `${FLOWERS}/v1`);
    expect(await bench.versions(SHELF)).toEqual({ v0: [], v1: ['latest', 'prod'] });
  });

  test('of a version that is linked already gives it another alias', async () => {
    await symlink(`${SHELF}/prod`, `${FLOWERS}/v0`);
    await symlink(`${SHELF}/staging`, `${SHELF}/v0`);
    expect(await bench.versions(SHELF)).toEqual({ v0: ['latest', 'prod', 'staging'] });
  });

  test('into a collection that has versions of its own is EPERM', async () => {
    await bench.commit({ b: '1' }, {}, `${PROJECT}/dataset/roses`);
    const failure = await failureOf(symlink(`${PROJECT}/dataset/roses/prod`, `${FLOWERS}/v0`));
    expect(failure).toMatchObject({ code: 'EPERM', detail: expect.stringContaining('versions of its own') });
  });

  test('into a collection of another type is EINVAL', async () => {
    const failure = await failureOf(symlink(`${PROJECT}/model/shelf/prod`, `${FLOWERS}/v0`));
    expect(failure).toMatchObject({ code: 'EINVAL', detail: expect.stringContaining("'dataset'") });
  });

  test('with an alias that is protected is EACCES', async () => {
    const failure = await failureOf(symlink(`${REGISTRY}/production`, `${FLOWERS}/v0`));
    expect(failure).toMatchObject({ code: 'EACCES', detail: expect.stringContaining("'production'") });
  });

  test('into a project that is not there is ENOENT', async () => {
    const failure = await failureOf(symlink('lab/none/dataset/shelf/prod', `${FLOWERS}/v0`));
    expect(failure).toMatchObject({ code: 'ENOENT', detail: expect.stringContaining("'none'") });
  });
});

test('a protected alias is neither moved nor removed', async () => {
  await bench.wandb.seedArtifacts({
    [REGISTRY]: {
      links: [{ to: 'lab/project/flowers:v0', aliases: ['production'] }, { to: 'lab/project/flowers:v1' }],
    },
  });
  for (const change of [
    symlink(`${REGISTRY}/production`, `${REGISTRY}/v1`),
    bench.writing.remove([{ path: treePath(`${REGISTRY}/production`), id: null }], {}),
  ]) {
    expect(await failureOf(change)).toMatchObject({
      code: 'EACCES',
      detail: expect.stringContaining('protected alias'),
    });
  }
  expect(await bench.versions(REGISTRY)).toEqual({ v0: ['production'], v1: ['latest'] });
});
