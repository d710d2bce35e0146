import { treePath } from '../../src/contract/tree-path.js';
import { ARTIFACT_FEATURES, RUN_FEATURES } from '../../src/testing/index.js';
import { openArtifacts } from './helpers/artifact-store.js';
import { FLOWERS } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';

const CHOSEN = 'acme/wandb-registry-data/dataset/chosen';
const TREE = {
  [FLOWERS]: {
    versions: [
      {
        files: { 'a.txt': 'hello', 'dir/b.txt': 'world' },
        references: { r: { ref: 's3://bucket/key', digest: 'etag' } },
        aliases: ['prod'],
        metadata: { lr: 0.1, nested: { a: [1, null] } },
        description: 'The first.',
        tags: ['t1'],
        ttlSeconds: 86_400,
      },
      { files: { 'a.txt': 'hello' }, digestAlgorithm: 'MANIFEST_XXH128' as const },
    ],
    description: 'All flowers.',
    tags: ['plants'],
  },
  [CHOSEN]: { links: [{ to: 'lab/project/flowers:v0', aliases: ['best'] }] },
};
const XXHASH = [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'];
const open = (features: readonly string[] = XXHASH) => openArtifacts(TREE, { features });

describe('info', () => {
  test('of a version is what W&B knows of it', async () => {
    const { store, found } = await open();
    const { id } = await found(treePath(`${FLOWERS}/v0`));
    const info = await store.info?.(treePath(`${FLOWERS}/v0`), {});
    expect(info).toEqual({
      kind: 'version',
      id,
      version: 'v0',
      entity: 'lab',
      project: 'project',
      collection: 'flowers',
      type: 'dataset',
      digest: expect.stringMatching(/^[0-9a-f]{32}$/),
      digestAlgorithm: 'MD5',
      size: 10,
      fileCount: 3,
      aliases: ['prod'],
      tags: ['t1'],
      description: 'The first.',
      metadata: { lr: 0.1, nested: { a: [1, null] } },
      ttlSeconds: 86_400,
      state: 'COMMITTED',
      createdAt: expect.any(String),
      updatedAt: null,
      source: null,
    });
    expect(await store.info?.(treePath(`${FLOWERS}/prod`), {})).toEqual(info);
    expect(await store.info?.(treePath(`${FLOWERS}/v1`), {})).toMatchObject({
      digestAlgorithm: 'XXH128',
      ttlSeconds: null,
      metadata: null,
      aliases: ['latest'],
    });
  });

  test('of a version in a registry names its source, and the registry’s aliases', async () => {
    const { store } = await open();
    expect(await store.info?.(treePath(`${CHOSEN}/best`), {})).toMatchObject({
      version: 'v0',
      collection: 'chosen',
      aliases: ['latest', 'best'],
      source: { entity: 'lab', project: 'project', collection: 'flowers', version: 'v0' },
    });
  });

  test('does without what a server has not', async () => {
    const { store } = await open([]);
    expect(await store.info?.(treePath(`${FLOWERS}/v0`), {})).toMatchObject({
      version: 'v0',
      digestAlgorithm: null,
    });
  });

  test('of files, collections and what stands above', async () => {
    const { store } = await open();
    const info = (path: string) => store.info?.(treePath(path), {});
    expect(await info(`${FLOWERS}/v0/a.txt`)).toEqual({
      kind: 'file',
      id: null,
      digest: 'XUFAKrxLKna5cZ2REBfFkg==',
      digestAlgorithm: 'MD5',
      md5: 'XUFAKrxLKna5cZ2REBfFkg==',
      size: 5,
      mimetype: null,
      createdAt: null,
      updatedAt: null,
      reference: null,
      extra: null,
      isPending: false,
    });
    expect(await info(`${FLOWERS}/v1/a.txt`)).toMatchObject({ digestAlgorithm: 'XXH128', md5: null });
    expect(await info(`${FLOWERS}/v0/r`)).toMatchObject({
      digest: 'etag',
      digestAlgorithm: null,
      reference: 's3://bucket/key',
    });
    expect(await info(FLOWERS)).toMatchObject({
      kind: 'collection',
      name: 'flowers',
      type: 'dataset',
      isPortfolio: false,
      description: 'All flowers.',
      tags: ['plants'],
    });
    expect(await info(CHOSEN)).toMatchObject({ isPortfolio: true, entity: 'acme' });
    expect(await info('lab/project/dataset')).toMatchObject({
      kind: 'artifactType',
      name: 'dataset',
    });
    expect(await info('lab/project')).toMatchObject({ kind: 'project', name: 'project', entity: 'lab' });
    expect(await info('lab')).toMatchObject({ kind: 'entity', name: 'lab' });
    expect(await info('')).toEqual({ kind: 'root' });
  });

  test('of what is not there is ENOENT', async () => {
    const { store } = await open();
    const missing = [
      'nobody',
      'lab/nothing',
      'lab/project/nothing',
      'lab/project/model/flowers',
      `${FLOWERS}/v9`,
      `${FLOWERS}/v0/dir`,
    ];
    for (const path of missing) {
      expect([path, (await failureOf(store.info?.(treePath(path), {}))).code]).toEqual([path, 'ENOENT']);
    }
  });
});
