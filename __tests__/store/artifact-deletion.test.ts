import type { DeletableLevel } from '../../src/config/options.js';
import { treePath } from '../../src/contract/tree-path.js';
import { Bench, counted, FLOWERS, PROJECT } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';

const REGISTRY = 'acme/wandb-registry-dataset/dataset/best';

let bench: Bench;
const start = async (...allowDelete: DeletableLevel[]): Promise<void> => {
  bench = await Bench.start(
    { organizations: [{ name: 'Acme, Inc.', entity: 'acme', teams: ['lab'] }] },
    { allowDelete },
  );
  await bench.wandb.seedArtifacts({
    [FLOWERS]: {
      versions: [{ files: { a: '1' } }, { files: { a: '2' }, aliases: ['prod'] }, { files: { a: '3' } }],
    },
    [REGISTRY]: { links: [{ to: 'lab/project/flowers:v1', aliases: ['best'] }] },
  });
};
afterEach(() => bench[Symbol.asyncDispose]());

const rmdir = (path: string) => bench.writing.rmdir(treePath(path), {});

describe('a version', () => {
  test('is kept unless the user allowed to delete it', async () => {
    await start();
    const requests = await bench.requestsOf(async () => {
      expect(await failureOf(rmdir(`${FLOWERS}/v0`))).toMatchObject({
        code: 'EPERM',
        detail: expect.stringContaining("allowDelete: ['version']"),
      });
    });
    expect(requests).toEqual([]);
  });

  test('without aliases is deleted', async () => {
    await start('version');
    const requests = await bench.requestsOf(() => rmdir(`${FLOWERS}/v0`));
    expect(counted(requests)).toEqual({ FindDeletable: 1, DeleteArtifact: 1 });
    expect(Object.keys(await bench.versions())).toEqual(['v1', 'v2']);
  });

  test('with aliases is kept, and they are named, those of links too', async () => {
    await start('version');
    expect(await failureOf(rmdir(`${FLOWERS}/v1`))).toMatchObject({
      code: 'EPERM',
      detail: expect.stringMatching(/'prod', .*'best:best'.*unlink them, or allow .*aliasedVersion/),
    });
    expect(await failureOf(rmdir(`${FLOWERS}/v2`))).toMatchObject({
      detail: expect.stringContaining("'latest'"),
    });
    expect(Object.keys(await bench.versions())).toEqual(['v0', 'v1', 'v2']);
  });

  test('with aliases is deleted with them where that is allowed', async () => {
    await start('aliasedVersion');
    await rmdir(`${FLOWERS}/v1`);
    expect(await bench.versions()).toEqual({ v0: [], v2: ['latest'] });
  });

  test('that gets an alias in the last moment is kept by the server', async () => {
    await start('version');
    await bench.wandb.faults([{ match: { operation: 'DeleteArtifact' }, delayMs: 300 }]);
    const failure = failureOf(rmdir(`${FLOWERS}/v0`));
    while ((await bench.wandb.requests()).at(-1)?.operation !== 'DeleteArtifact')
      await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.writing.symlink(
      { path: treePath(`${FLOWERS}/late`), target: treePath(`${FLOWERS}/v0`), replaces: null },
      {},
    );
    expect(await failure).toMatchObject({ detail: expect.stringMatching(/^Deleting 'v0' failed: .*late/) });
    expect((await bench.versions()).v0).toEqual(['late']);
  });

  test('that is gone, or an alias, is told as such', async () => {
    await start('version');
    expect(await failureOf(rmdir(`${FLOWERS}/v9`))).toMatchObject({ code: 'ENOENT' });
    expect(await failureOf(rmdir(`${PROJECT}/dataset/none/v0`))).toMatchObject({ code: 'ENOENT' });
    expect(await failureOf(rmdir(`${FLOWERS}/latest`))).toMatchObject({ code: 'ENOTDIR' });
  });

  test('whose deletion is answered by nobody is deleted once', async () => {
    await start('version');
    await bench.wandb.faults([{ match: { operation: 'DeleteArtifact' }, drop: 'after' }]);
    await rmdir(`${FLOWERS}/v0`);
    expect(Object.keys(await bench.versions())).toEqual(['v1', 'v2']);
  });
});

describe('a version of a registry', () => {
  test('is unlinked, and its source stays', async () => {
    await start('aliasedVersion');
    const requests = await bench.requestsOf(() => rmdir(`${REGISTRY}/v0`));
    expect(counted(requests)).toEqual({ FindEntity: 1, FindDeletable: 1, UnlinkArtifact: 1 });
    expect(await bench.versions(REGISTRY)).toEqual({});
    expect(await bench.versions()).toEqual({ v0: [], v1: ['prod'], v2: ['latest'] });
    expect(await bench.files('flowers:v1')).toEqual({ a: '2' });
  });

  test('is found by the display name of the organisation', async () => {
    await start('aliasedVersion');
    await rmdir('Acme, Inc./wandb-registry-dataset/dataset/best/v0');
    expect(await bench.versions(REGISTRY)).toEqual({});
  });

  test('with aliases is kept unless that is allowed; those of its source count nothing', async () => {
    await start('version');
    const failure = await failureOf(rmdir(`${REGISTRY}/v0`));
    expect(failure).toMatchObject({ code: 'EPERM', detail: expect.stringContaining("'best'") });
    expect(failure.detail).not.toContain('prod');
    await bench.writing.remove(
      ['best', 'latest'].map((name) => ({ path: treePath(`${REGISTRY}/${name}`), id: null })),
      {},
    );
    await rmdir(`${REGISTRY}/v0`);
    expect(await bench.versions(REGISTRY)).toEqual({});
  });
});

describe('a collection', () => {
  test('is deleted only where that is allowed', async () => {
    await start('aliasedVersion');
    expect(await failureOf(rmdir(FLOWERS))).toMatchObject({
      code: 'EPERM',
      detail: expect.stringContaining("allowDelete: ['collection']"),
    });
  });

  test('is deleted with its versions', async () => {
    await start('collection');
    const requests = await bench.requestsOf(() => rmdir(FLOWERS));
    expect(counted(requests)).toEqual({ FindCollection: 1, DeleteArtifactSequence: 1 });
    expect(await bench.versions()).toEqual({});
    expect(await failureOf(rmdir(FLOWERS))).toMatchObject({ code: 'ENOENT' });
  });

  test('of links is deleted without the sources', async () => {
    await start('collection');
    const requests = await bench.requestsOf(() => rmdir(REGISTRY));
    expect(counted(requests)).toEqual({ FindEntity: 1, FindCollection: 1, DeleteArtifactPortfolio: 1 });
    expect(Object.keys(await bench.versions())).toEqual(['v0', 'v1', 'v2']);
  });

  test('is not there below another type', async () => {
    await start('collection');
    expect(await failureOf(rmdir(`${PROJECT}/model/flowers`))).toMatchObject({ code: 'ENOENT' });
  });
});

describe('above collections', () => {
  test('a project is made and deleted as with runs', async () => {
    await start('project');
    expect(await bench.writing.mkdir(treePath('lab/another'), {})).toMatchObject({
      path: 'lab/another',
      kind: 'directory',
    });
    expect(await failureOf(bench.writing.mkdir(treePath('lab/another'), {}))).toMatchObject({
      code: 'EEXIST',
    });
    await rmdir('lab/another');
    expect(await failureOf(rmdir('lab/another'))).toMatchObject({ code: 'ENOENT' });
  });

  test.each([
    ['lab', /website/],
    [`${PROJECT}/dataset`, /first version/],
  ])('%s is not made by mkdir', async (path, detail) => {
    await start();
    expect(await failureOf(bench.writing.mkdir(treePath(path), {}))).toMatchObject({
      code: 'EPERM',
      detail: expect.stringMatching(detail),
    });
  });

  test.each([
    ['lab', 'EPERM'],
    [`${PROJECT}/dataset`, 'EPERM'],
    [`${FLOWERS}/v0/a`, 'EROFS'],
    [PROJECT, 'EPERM'],
  ])('%s is not deleted: %s', async (path, code) => {
    await start();
    const failure = await failureOf(rmdir(path));
    expect(failure.code).toBe(code);
    expect(failure.detail).toMatch(/\.$/);
  });
});
