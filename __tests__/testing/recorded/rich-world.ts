import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWandbFs, type Recorded, type RecordOptions } from 'wandb-fs';
import { ARTIFACT_FEATURES, type FakeWandb, RUN_FEATURES, startFakeWandb } from 'wandb-fs/testing';
import { awkwardFiles } from '../../../__fixtures__/index.js';
import { makeDirectory } from '../../helpers/directories.js';

export const FEATURES = { features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'] };

/** Runs and artifacts that have all that a world can hold. */
export async function seedRichWorld(server: FakeWandb): Promise<void> {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  await server.seed({
    'lab/empty': {},
    'lab/odd/names': awkwardFiles(),
    'lab/odd/NAMES': { 'a.txt': 'twin' },
  });
  await server.seed(
    { 'lab/flowers/r1': { 'config.yaml': 'lr: 0.1\n', 'model/last.bin': Buffer.alloc(3000, 1), empty: '' } },
    {
      ...{ displayName: 'eager-fox-1', state: 'crashed', createdAt: at, heartbeatAt: at + 60_000 },
      ...{ tags: ['best'], group: 'g', jobType: 'train', commit: 'abc', description: 'd', notes: 'n' },
      config: { lr: { value: 0.1, desc: 'rate' }, _wandb: { value: {} } },
      summaryMetrics: { loss: 0.25, nested: { acc: 1 } },
    },
  );
  const reference = { ref: 's3://bucket/key', digest: 'an-etag', size: 12, extra: { etag: 'an-etag' } };
  await server.seedArtifacts({
    'lab/flowers/dataset/petals': {
      description: 'all of them',
      tags: ['public'],
      versions: [
        {
          files: { 'iris.csv': 'length,width\n', 'sub/b.txt': 'b' },
          references: { far: reference },
          createdAt: at,
        },
        {
          files: { 'iris.csv': 'length,width\n', 'sub/b.txt': 'B', 'model.bin': Buffer.alloc(3000, 1) },
          ...{
            aliases: ['prod'],
            metadata: { rows: 0 },
            tags: ['checked'],
            ttlSeconds: 3600,
            description: 'one',
          },
        },
      ],
    },
    'lab/flowers/model/hashed': {
      versions: [{ files: { 'x.txt': 'x' }, digestAlgorithm: 'MANIFEST_XXH128', metadata: {} }],
    },
    'lab/odd/dataset/names': { versions: [{ files: awkwardFiles() }] },
    'lab/odd/dataset/none': {},
    'hub/shelf/dataset/chosen': { links: [{ to: 'lab/flowers/petals:v1', aliases: ['best'] }] },
  });
}

/** Records with a tree of its own, into a new directory unless one is named. */
export const recorderOf =
  (server: FakeWandb) =>
  async (paths: readonly string[], options?: RecordOptions, directory?: string): Promise<Recorded> => {
    const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
    try {
      return await fs.wandb.record(paths, directory ?? join(await makeDirectory(), 'world'), options);
    } finally {
      await fs.wandb.close();
    }
  };

export async function replayed<T>(world: string, use: (replay: FakeWandb) => Promise<T>): Promise<T> {
  const replay = await startFakeWandb({ ...FEATURES, world });
  try {
    return await use(replay);
  } finally {
    await replay.close();
  }
}

export const sheet = (...place: string[]) => JSON.parse(readFileSync(join(...place), 'utf8'));
