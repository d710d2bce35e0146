import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import { ARTIFACT_FEATURES, type FakeWandb, RUN_FEATURES, startFakeWandb } from 'wandb-fs/testing';
import { makeDirectory } from '../helpers/directories.js';
import { downloaded, filesOf, type Sdk, startSdk } from './sdk.js';
import { readTree, sumsOf } from './trees.js';

jest.setTimeout(300_000);

const PROJECT = 'team/project';

describe.each([
  ['MD5', [...RUN_FEATURES, ...ARTIFACT_FEATURES]],
  ['XXH128', [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM']],
] as const)(
  'the cache that the official SDK and the filesystem share, with %s',
  (digestAlgorithm, features) => {
    let wandb: FakeWandb;
    let sdk: Sdk;
    let cacheDirectory: string;
    let fs: WandbFs;
    beforeAll(async () => {
      wandb = await startFakeWandb({ viewer: { entity: 'team' }, features });
      cacheDirectory = await makeDirectory();
      sdk = await startSdk(wandb, { cacheDirectory });
    });
    afterAll(async () => {
      await sdk.close();
      await wandb.close();
    });
    beforeEach(() => {
      fs = createWandbArtifactFs({ baseUrl: wandb.url, apiKey: wandb.apiKey, artifactCache: cacheDirectory });
    });
    afterEach(() => fs.wandb.close());

    /** A version whose content no other has, so that the cache can't have it by chance. */
    const log = async (name: string) => {
      const files = filesOf({
        'a.txt': `${name} a ${digestAlgorithm}`,
        'dir/deep/er/ünï cödé #1 100% a+b?.txt': `${name} b ${digestAlgorithm}`,
        'large.bin': `${name} ${digestAlgorithm} `.repeat(100_000),
      });
      await sdk.run({ do: 'logArtifact', run: `${PROJECT}/sdk`, name, files, digestAlgorithm });
      // While it logged the SDK has put them there itself.
      await sdk.run({ do: 'cleanCache', size: '0', seconds: 0.01 });
      return { files, path: `/${PROJECT}/dataset/${name}/latest` };
    };
    const download = async (name: string) => {
      const step = { do: 'downloadArtifact', artifact: `${PROJECT}/${name}:latest`, useCache: true };
      return downloaded((await sdk.run(step))[0]);
    };
    const contentTransfers = async () =>
      (await wandb.requests()).filter(({ side, path }) => side === 'storage' && !/manifest/.test(path));

    test.each([
      ['a directory', (): string => cacheDirectory],
      ['`true` and WANDB_CACHE_DIR', (): true => true],
    ])('what Python downloaded costs no request here: %s', async (what, artifactCache) => {
      const name = what.startsWith('a') ? 'downloaded' : 'downloaded-too';
      const { files, path } = await log(name);
      expect(sumsOf(await download(name))).toEqual(sumsOf(files));
      const { WANDB_CACHE_DIR } = process.env;
      process.env.WANDB_CACHE_DIR = cacheDirectory;
      await using reader = createWandbArtifactFs({
        baseUrl: wandb.url,
        apiKey: wandb.apiKey,
        artifactCache: artifactCache(),
      });
      if (WANDB_CACHE_DIR === undefined) delete process.env.WANDB_CACHE_DIR;
      else process.env.WANDB_CACHE_DIR = WANDB_CACHE_DIR;
      await reader.promises.readdir(path, { recursive: true });
      await wandb.requests({ clear: true });
      expect(sumsOf(await readTree(reader, path))).toEqual(sumsOf(files));
      expect(await wandb.requests()).toEqual([]);
    });

    test('what was read here Python downloads without reading content from the storage', async () => {
      const { files, path } = await log('read');
      expect(sumsOf(await readTree(fs, path))).toEqual(sumsOf(files));
      await fs.wandb.close();
      await wandb.requests({ clear: true });
      expect(sumsOf(await download('read'))).toEqual(sumsOf(files));
      expect(await contentTransfers()).toEqual([]);
    });

    test('reads go on while Python cleans it up', async () => {
      const { files, path } = await log('cleaned');
      let rounds: unknown;
      const cleaning = (async () => {
        [rounds] = await sdk.run({ do: 'cleanCache', size: '1MB', seconds: 1 });
      })();
      /** All content comes from the cache of the SDK, or from the storage. */
      const readTimes = async (times: number) => {
        await using reader = createWandbArtifactFs({
          baseUrl: wandb.url,
          apiKey: wandb.apiKey,
          artifactCache: cacheDirectory,
          cacheBytes: 0,
        });
        for (let time = 0; time < times; time++) {
          expect(sumsOf(await readTree(reader, path))).toEqual(sumsOf(files));
        }
      };
      await wandb.requests({ clear: true });
      while (rounds === undefined) await readTimes(3);
      await cleaning;
      expect(rounds).toBeGreaterThan(1);
      // It was emptied,
      expect((await contentTransfers()).length).toBeGreaterThan(Object.keys(files).length);
      // and is as good as before.
      await readTimes(1);
      await wandb.requests({ clear: true });
      await readTimes(3);
      expect(await contentTransfers()).toEqual([]);
    });
  },
);
