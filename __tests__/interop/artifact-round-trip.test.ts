import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import {
  ARTIFACT_FEATURES,
  type FakeWandb,
  type FakeWandbOptions,
  RUN_FEATURES,
  startFakeWandb,
} from 'wandb-fs/testing';
import { awkwardFiles } from '../../__fixtures__/index.js';
import { startWeb, type Web } from '../helpers/web.js';
import { downloaded, type Files, filesOf, type Sdk, type Step, startSdk } from './sdk.js';
import { readTree, sumsOf, writeTree } from './trees.js';

jest.setTimeout(300_000);

const PROJECT = 'team/project';
const run = `${PROJECT}/sdk`;

/** Every byte, nothing, more than a page of the page cache; awkward names; directories in directories. */
const AWKWARD: Files = {
  ...filesOf({ 'a.txt': 'hello', 'dir/b.txt': 'world', 'dir/empty.bin': '' }),
  ...filesOf({ 'sp ace/#1 100% a+b?.txt': 'awkward', ' %20+#': 'signs', '\u{1F600}/\uFF01.txt': 'astral' }),
  ...filesOf(awkwardFiles()),
  'bytes/all.bin': Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index)),
  'bytes/many.bin': Buffer.from(Uint8Array.from({ length: (2 << 20) + 3 }, (_, i) => (i * 31) % 251)),
};

/** And so many files in all. */
const withMany = (count: number): Files => ({
  ...AWKWARD,
  ...filesOf(
    Object.fromEntries(
      Array.from({ length: count - Object.keys(AWKWARD).length }, (_, i) => [
        `many/${i % 7}/${i}.txt`,
        `file ${i}`,
      ]),
    ),
  ),
});

const FACTS = {
  metadata: { lr: 0.1, nested: { deep: [1, null, 'ü'] } },
  description: 'why it was made: ünï',
  tags: ['one', 't 2'],
};

const WEB_TEXT = 'what lies elsewhere';

const sizeOf = (files: Files): number => Object.values(files).reduce((sum, { length }) => sum + length, 0);

interface SdkVersion {
  readonly id: string;
  readonly version: string;
  readonly aliases: readonly string[];
  readonly digest: string;
  readonly fileCount: number;
}

/** With so many files: pages, digests and addresses show with a tenth of what somebody's data set has. */
const kinds: readonly (readonly [string, 'MD5' | 'XXH128', number, FakeWandbOptions])[] = [
  ['the usual features', 'MD5', 1000, {}],
  ['no features, small pages', 'MD5', 100, { features: [], limits: { page: 7 } }],
  [
    'XXH128, addresses of S3',
    'XXH128',
    100,
    { features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'], storage: 's3' },
  ],
];

describe.each(kinds)(
  'the official SDK and the filesystem share versions: %s',
  (_kind, digestAlgorithm, count, options) => {
    const FILES = withMany(count);
    let wandb: FakeWandb;
    let python: Sdk;
    let fs: WandbFs;
    let web: Web;
    beforeAll(async () => {
      web = await startWeb(WEB_TEXT);
      wandb = await startFakeWandb({
        viewer: { entity: 'team' },
        organizations: [{ name: 'Acme, Inc.', entity: 'acme-org', teams: ['team'] }],
        ...options,
      });
      await wandb.seed({ [PROJECT]: {}, 'acme-org/wandb-registry-data': {} });
      python = await startSdk(wandb);
    });
    afterAll(async () => {
      await python.close();
      await wandb.close();
    });
    beforeEach(() => {
      fs = createWandbArtifactFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
    });
    afterEach(() => fs.wandb.close());

    const sdk = (...steps: Step[]): Promise<unknown[]> => python.run(...steps);
    const log = (name: string, files: Files, more: object = {}): Step => ({
      do: 'logArtifact',
      run,
      name,
      files,
      digestAlgorithm,
      ...more,
    });
    const pathOf = (name: string): string => `/${PROJECT}/dataset/${name}`;
    const commit = async (
      name: string,
      files: Files,
      more: Parameters<WandbFs['wandb']['commit']>[1] = {},
    ) => {
      await writeTree(fs, `${pathOf(name)}/draft`, files);
      return fs.wandb.commit(`${pathOf(name)}/draft`, { digestAlgorithm, ...more });
    };

    describe('what we commit', () => {
      test('the SDK describes as we do, downloads byte for byte and verifies', async () => {
        const committed = await commit('ours', FILES, {
          aliases: ['prod', 'best one'],
          ttl: 86_400,
          ...FACTS,
        });
        expect(committed).toMatchObject({ version: 'v0', deduplicated: false });
        const [seen, files] = await sdk(
          { do: 'artifact', artifact: `${PROJECT}/ours:prod` },
          { do: 'downloadArtifact', artifact: `${PROJECT}/ours:best one` },
        );
        expect(seen).toMatchObject({
          id: committed.id,
          version: 'v0',
          type: 'dataset',
          aliases: ['best one', 'latest', 'prod'],
          digest: committed.digest,
          state: 'COMMITTED',
          size: sizeOf(FILES),
          fileCount: Object.keys(FILES).length,
          ttl: 86_400,
          ...FACTS,
        });
        expect(sumsOf(downloaded(files))).toEqual(sumsOf(FILES));
      });

      test('with links in it is what the SDK makes of a directory with the same links', async () => {
        const files = filesOf({ 'a.txt': 'one', 'dir/b.txt': 'two', 'dir/sub/c.txt': 'three' });
        const links = { file: 'a.txt', 'dir/up': '../a.txt', around: 'dir/sub/../b.txt', directory: 'dir' };
        const draft = `${pathOf('linked')}/draft`;
        await writeTree(fs, draft, files);
        for (const [name, target] of Object.entries(links))
          await fs.promises.symlink(target, `${draft}/${name}`);
        const { digest } = await fs.wandb.commit(draft, { digestAlgorithm });
        const [theirs, ours, seen] = await sdk(
          log('linked-there', files, { links }),
          { do: 'manifest', artifact: `${PROJECT}/linked:v0` },
          { do: 'manifest', artifact: `${PROJECT}/linked-there:v0` },
        );
        expect(theirs).toMatchObject({ digest, fileCount: 9 });
        expect(ours).toEqual(seen);
      });

      test('the SDK makes drafts of, and we read what became of them', async () => {
        await commit('redrafted', filesOf({ 'a.txt': 'one', 'b/c.txt': 'two' }));
        const [logged] = await sdk({
          do: 'newDraft',
          run,
          artifact: `${PROJECT}/redrafted:v0`,
          remove: ['a.txt'],
          files: filesOf({ 'd.txt': 'added' }),
        });
        expect(logged).toMatchObject({ version: 'v1' });
        fs.wandb.refresh(pathOf('redrafted'));
        expect(await fs.promises.readlink(`${pathOf('redrafted')}/latest`)).toBe('v1');
        expect(await readTree(fs, `${pathOf('redrafted')}/latest`)).toEqual(
          filesOf({ 'b/c.txt': 'two', 'd.txt': 'added' }),
        );
      });
    });

    describe('what the SDK logged', () => {
      test('is read byte for byte, and described as the SDK does', async () => {
        const [logged, seen] = await sdk(log('theirs', FILES, { aliases: ['prod'], ...FACTS }), {
          do: 'artifact',
          artifact: `${PROJECT}/theirs:v0`,
        });
        const theirs = pathOf('theirs');
        expect(await fs.promises.readdir(theirs)).toEqual(['latest', 'prod', 'v0']);
        for (const alias of ['latest', 'prod']) expect(fs.readlinkSync(`${theirs}/${alias}`)).toBe('v0');
        expect(sumsOf(await readTree(fs, `${theirs}/prod`))).toEqual(sumsOf(FILES));
        for (const [name, { length }] of Object.entries(FILES)) {
          expect([name, fs.statSync(`${theirs}/v0/${name}`).size]).toEqual([name, length]);
        }
        const { createdAt, ...version } = seen as SdkVersion & { createdAt: string };
        const { id, digest, fileCount } = logged as SdkVersion;
        const info = await fs.wandb.info(`${theirs}/latest`);
        expect(info).toMatchObject({
          id,
          digest,
          fileCount,
          state: 'COMMITTED',
          size: sizeOf(FILES),
          ...FACTS,
        });
        expect(info).toMatchObject({
          type: 'dataset',
          collection: 'theirs',
          version: version.version,
          ttlSeconds: null,
        });
        if (info.kind !== 'version') throw new Error(`it is a ${info.kind}`);
        expect([...info.aliases].sort()).toEqual(version.aliases);
        expect(Date.parse(info.createdAt)).toBe(Date.parse(createdAt));
      });

      test('copied into a draft, with one file changed, is a version that the SDK verifies', async () => {
        await sdk(log('base', AWKWARD));
        const base = pathOf('base');
        await fs.promises.cp(`${base}/latest/`, `${base}/draft`, { recursive: true });
        await fs.promises.writeFile(`${base}/draft/dir/b.txt`, 'changed');
        await wandb.requests({ clear: true });
        const { version, digest } = await fs.wandb.commit(`${base}/draft`, { digestAlgorithm });
        const moved = (await wandb.requests()).filter(
          ({ side, path }) => side === 'storage' && !/manifest/.test(path),
        );
        expect(moved.map(({ method, bytesIn }) => [method, bytesIn])).toEqual([['PUT', 'changed'.length]]);
        const [seen, files] = await sdk(
          { do: 'artifact', artifact: `${PROJECT}/base:latest` },
          { do: 'downloadArtifact', artifact: `${PROJECT}/base:latest` },
        );
        expect(seen).toMatchObject({ version, digest });
        expect(sumsOf(downloaded(files))).toEqual(
          sumsOf({ ...AWKWARD, ...filesOf({ 'dir/b.txt': 'changed' }) }),
        );
      });
    });

    test('files that we sent in parts are read by the SDK', async () => {
      const large = Buffer.alloc(1_000_000, 'in parts ');
      await using parts = createWandbArtifactFs({
        baseUrl: wandb.url,
        apiKey: wandb.apiKey,
        multipartBytes: 500_000,
        partBytes: 300_000,
      });
      const draft = `${pathOf('large')}/draft`;
      await writeTree(parts, draft, { 'large.bin': large });
      await wandb.requests({ clear: true });
      await parts.wandb.commit(draft, { digestAlgorithm });
      const puts = (await wandb.requests()).filter(
        ({ method, path }) => method === 'PUT' && !/manifest/.test(path),
      );
      expect(puts).toHaveLength(4);
      const [files] = await sdk({ do: 'downloadArtifact', artifact: `${PROJECT}/large:latest` });
      expect(sumsOf(downloaded(files))).toEqual(sumsOf({ 'large.bin': large }));
    });

    test('references that the SDK logged lead where it says', async () => {
      const [target] = await sdk(log('target', filesOf({ 'dir/b.txt': 'world' })), {
        ...log('refers', filesOf({ 'own.txt': 'own' })),
        references: {
          tagged: { uri: `${web.origin}/tagged` },
          'dir/untagged': { uri: `${web.origin}/untagged` },
          unchecked: { uri: `${web.origin}/unchecked`, checksum: false },
          bucket: { uri: 'store://bucket/pre fix#1', checksum: false },
        },
        artifactReferences: { into: { artifact: `${PROJECT}/target:v0`, path: 'dir/b.txt' } },
      });
      const [manifest] = await sdk({ do: 'manifest', artifact: `${PROJECT}/refers:v0` });
      const entries = manifest as Record<string, { digest: string; ref: string | null; size: number | null }>;
      const refers = `${pathOf('refers')}/v0`;
      await using open = createWandbArtifactFs({
        baseUrl: wandb.url,
        apiKey: wandb.apiKey,
        references: { http: ['127.0.0.1'] },
      });
      expect((await open.promises.readdir(refers, { recursive: true })).sort()).toEqual(
        [...Object.keys(entries), 'dir'].sort(),
      );
      for (const name of ['tagged', 'dir/untagged', 'unchecked', 'bucket']) {
        const { ref, digest } = entries[name] ?? {};
        expect(await open.promises.readlink(`${refers}/${name}`)).toBe(ref);
        expect(await open.wandb.info(`${refers}/${name}`)).toMatchObject({ reference: ref, digest });
      }
      for (const name of ['tagged', 'dir/untagged', 'unchecked']) {
        expect([name, await open.promises.readFile(`${refers}/${name}`, 'utf8')]).toEqual([name, WEB_TEXT]);
      }
      expect((await open.promises.stat(`${refers}/tagged`)).size).toBe(WEB_TEXT.length);
      await expect(open.promises.readFile(`${refers}/bucket`)).rejects.toMatchObject({ code: 'EACCES' });
      const hex = Buffer.from((target as SdkVersion).id, 'base64').toString('hex');
      expect(entries.into?.ref).toBe(`wandb-artifact://${hex}/dir/b.txt`);
      expect((await open.promises.lstat(`${refers}/into`)).isFile()).toBe(true);
      expect(await open.promises.readFile(`${refers}/into`, 'utf8')).toBe('world');
    });

    test('references that we commit are those that the SDK makes without checksums, and it follows them', async () => {
      const [target] = await sdk(log('aim', filesOf({ 'dir/b.txt': 'world' })), {
        ...log('like-ours', filesOf({ 'own.txt': 'own' })),
        references: {
          page: { uri: `${web.origin}/untagged`, checksum: false },
          bucket: { uri: 'store://bucket/prefix', checksum: false },
        },
      });
      const hex = Buffer.from((target as SdkVersion).id, 'base64').toString('hex');
      const draft = `${pathOf('like-ours')}/draft`;
      const refer = async (): Promise<void> => {
        await writeTree(fs, draft, filesOf({ 'own.txt': 'own' }));
        await fs.promises.symlink(`${web.origin}/untagged`, `${draft}/page`);
        await fs.promises.symlink('store://bucket/prefix', `${draft}/bucket`);
      };
      await refer();
      expect(await fs.wandb.commit(draft, { digestAlgorithm })).toMatchObject({
        version: 'v0',
        deduplicated: true,
      });

      await refer();
      await fs.promises.unlink(`${draft}/bucket`);
      await fs.promises.symlink(`wandb-artifact://${hex}/dir/b.txt`, `${draft}/into`);
      expect(await fs.wandb.commit(draft, { digestAlgorithm })).toMatchObject({ version: 'v1' });
      expect(await fs.promises.readFile(`${pathOf('like-ours')}/v1/into`, 'utf8')).toBe('world');
      const [files] = await sdk({
        do: 'downloadArtifact',
        artifact: `${PROJECT}/like-ours:v1`,
        // The SDK's threads would write references to each other's files, now and then also over its cache.
        oneByOne: true,
      });
      expect(downloaded(files)).toEqual(filesOf({ 'own.txt': 'own', page: WEB_TEXT, into: 'world' }));
    });

    test('the same content is the same version, whoever brings it later', async () => {
      const files = filesOf({ 'a.txt': 'hello', '\u{1F600}.txt': 'x', '\uFF01.txt': 'y', empty: '' });
      const { digest } = await commit('same', files, { aliases: ['ours'] });
      const [logged, other] = await sdk(log('same', files, { aliases: ['theirs'] }), log('same-too', files));
      expect(logged).toMatchObject({ version: 'v0', digest, aliases: ['latest', 'ours', 'theirs'] });
      expect(await commit('same-too', files, { aliases: ['ours'] })).toMatchObject({
        version: 'v0',
        id: (other as SdkVersion).id,
        digest,
        deduplicated: true,
      });
      expect(await sdk({ do: 'artifacts', name: `${PROJECT}/same-too` })).toEqual([
        { count: 1, versions: [['same-too:v0', ['latest', 'ours']]] },
      ]);
    });

    test('a version grows by increments of both', async () => {
      await commit('growing', filesOf({ a: '1', b: '1' }));
      await sdk(log('growing', filesOf({ b: '2' }), { incremental: true }));
      fs.wandb.refresh();
      expect(await readTree(fs, `${pathOf('growing')}/latest`)).toEqual(filesOf({ a: '1', b: '2' }));
      expect(await commit('growing', filesOf({ 'c/d': '3' }), { incremental: true })).toMatchObject({
        version: 'v2',
      });
      const all = filesOf({ a: '1', b: '2', 'c/d': '3' });
      expect(await readTree(fs, `${pathOf('growing')}/latest`)).toEqual(all);
      const [files] = await sdk({ do: 'downloadArtifact', artifact: `${PROJECT}/growing:v2` });
      expect(downloaded(files)).toEqual(all);
    });

    test.each([
      ['we finish', false],
      ['it finishes', true],
    ])('a version is made together that %s', async (_what, isFinishedBySdk) => {
      const name = `shared-${isFinishedBySdk}`;
      const distributedId = `together-${isFinishedBySdk}`;
      const part = {
        do: 'distributedArtifact',
        run: `${PROJECT}/part`,
        name,
        distributedID: distributedId,
        files: filesOf({ 'their part.txt': '1' }),
        finish: isFinishedBySdk,
      };
      const contribute = (finish: boolean) =>
        commit(name, filesOf({ 'our/part.txt': '2' }), { distributedId, finish, digestAlgorithm: 'MD5' });
      if (isFinishedBySdk) {
        expect(await contribute(false)).toMatchObject({ version: null });
        await sdk(part);
      } else {
        await sdk(part);
        expect(fs.existsSync(`${pathOf(name)}/v0`)).toBe(false);
        expect(await contribute(true)).toMatchObject({ version: 'v0' });
      }
      const all = filesOf({ 'their part.txt': '1', 'our/part.txt': '2' });
      fs.wandb.refresh();
      expect(await readTree(fs, `${pathOf(name)}/latest`)).toEqual(all);
      const [files] = await sdk({ do: 'downloadArtifact', artifact: `${PROJECT}/${name}:latest` });
      expect(downloaded(files)).toEqual(all);
    });

    test.each([
      ['a portfolio', PROJECT, 'chosen'],
      ['a registry', 'acme-org/wandb-registry-data', 'best'],
    ])('links into %s go both ways, and so do their ends', async (_what, project, name) => {
      const source = `${name}-source`;
      const shelf = `/${project}/dataset/${name}`;
      const files = filesOf({ 'a.txt': `one of ${name}` });
      await commit(source, files);
      const [, linked] = await sdk(log(source, filesOf({ 'a.txt': `two of ${name}` })), {
        do: 'linkArtifact',
        artifact: `${PROJECT}/${source}:v1`,
        target: project === PROJECT ? `${project}/${name}` : `${project.split('/')[1]}/${name}`,
        aliases: ['theirs'],
      });
      expect(linked).toMatchObject({ name: `${name}:v0`, link: true });
      expect(await fs.promises.readlink(`${shelf}/theirs`)).toBe('v0');
      expect(await readTree(fs, `${shelf}/theirs`)).toEqual(filesOf({ 'a.txt': `two of ${name}` }));
      expect(await fs.wandb.info(`${shelf}/v0`)).toMatchObject({
        source: { entity: 'team', project: 'project', collection: source, version: 'v1' },
      });

      await fs.promises.symlink(`${pathOf(source)}/v0`, `${shelf}/ours`);
      const [seen, contents] = await sdk(
        { do: 'artifact', artifact: `${project}/${name}:ours` },
        { do: 'downloadArtifact', artifact: `${project}/${name}:ours` },
        { do: 'unlinkArtifact', artifact: `${project}/${name}:theirs` },
      );
      expect(seen).toMatchObject({
        version: 'v1',
        link: true,
        source: `${source}:v0`,
        aliases: ['latest', 'ours'],
      });
      expect(downloaded(contents)).toEqual(files);
      fs.wandb.refresh();
      expect(await fs.promises.readdir(shelf)).toEqual(['latest', 'ours', 'v1']);

      await using bold = createWandbArtifactFs({
        baseUrl: wandb.url,
        apiKey: wandb.apiKey,
        allowDelete: ['aliasedVersion'],
      });
      await bold.promises.rm(`${shelf}/v1`, { recursive: true });
      expect(
        await sdk(
          { do: 'artifacts', name: `${project}/${name}` },
          { do: 'artifacts', name: `${PROJECT}/${source}` },
        ),
      ).toMatchObject([{ count: 0 }, { count: 2 }]);
    });
  },
);
