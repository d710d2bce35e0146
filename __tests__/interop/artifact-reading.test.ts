import { ARTIFACT_FEATURES, type FakeWandb, RUN_FEATURES, startFakeWandb } from 'wandb-fs/testing';
import { resolveArtifactsConfig } from '../../src/config/artifacts.js';
import { resolveConfig } from '../../src/config/config.js';
import { createArtifactsStore } from '../../src/store/artifacts.js';
import type { Entry, Store } from '../../src/store/contract.js';
import { makeDirectory } from '../helpers/directories.js';
import { downloaded, filesOf, runSdk } from './sdk.js';

jest.setTimeout(300_000);

const project = 'team/project';
const FLOWERS = `${project}/dataset/flowers`;
const content = filesOf({
  'a.txt': 'hello',
  'dir/b.txt': 'world',
  'dir/deep/er/ünï cödé #1 100% a+b?.txt': 'awkward',
  '..a/b\\c': 'odd',
  'empty.bin': '',
});

describe.each([
  ['MD5', [...RUN_FEATURES, ...ARTIFACT_FEATURES]],
  ['XXH128', [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM']],
] as const)('what the official SDK logged, with %s', (digestAlgorithm, features) => {
  let wandb: FakeWandb;
  let store: Store;
  let cacheDirectory: string;
  beforeEach(async () => {
    wandb = await startFakeWandb({ viewer: { entity: 'team' }, features });
    cacheDirectory = await makeDirectory();
    const { artifacts, rest } = resolveArtifactsConfig({ artifactCache: cacheDirectory }, {});
    const given = { baseUrl: wandb.url, apiKey: wandb.apiKey, ...rest };
    store = createArtifactsStore(resolveConfig(given, { HOME: '/nonexistent' }).wire.reveal(), artifacts);
    await runSdk(wandb, [
      {
        do: 'logArtifact',
        run: `${project}/run-1`,
        name: 'flowers',
        files: content,
        aliases: ['best'],
        digestAlgorithm,
      },
    ]);
  });
  afterEach(async () => {
    await store.close?.();
    await wandb.close();
  });

  const entries = async (): Promise<readonly Entry[]> => {
    const found: Entry[] = [];
    for await (const page of store.list(`${FLOWERS}/best`, {})) found.push(...page);
    return found;
  };
  const readAll = async (): Promise<Record<string, Buffer>> =>
    Object.fromEntries(
      await Promise.all(
        (await entries()).map(async (entry): Promise<[string, Buffer]> => {
          const { bytes } = await store.read(
            entry,
            { start: 0, end: Number.MAX_SAFE_INTEGER },
            { etag: null },
          );
          return [entry.path.slice(`${FLOWERS}/v0/`.length), Buffer.from(bytes)];
        }),
      ),
    );
  const download = async (): Promise<unknown> => {
    const step = { do: 'downloadArtifact', artifact: `${project}/flowers:best`, useCache: true };
    return downloaded((await runSdk(wandb, [step], { cacheDirectory }))[0]);
  };
  const transfers = async (): Promise<number> =>
    (await wandb.requests({ clear: true })).filter(
      ({ side, method }) => side === 'storage' && method === 'GET',
    ).length;

  test('is read byte for byte, and the SDK takes from the cache what was read', async () => {
    expect(await readAll()).toEqual(content);
    await transfers();
    expect(await download()).toEqual(content);
    // The manifest, and the empty file: that takes no request, so nothing is kept of it.
    expect(await transfers()).toBe(2);
  });

  test('and downloaded is read from the cache', async () => {
    expect(await download()).toEqual(content);
    await transfers();
    expect(await readAll()).toEqual(content);
    expect(await transfers()).toBe(1);
  });
});
