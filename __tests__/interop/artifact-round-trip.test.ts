import { createWandbArtifactFs } from 'wandb-fs';
import { downloaded, type Files, filesOf } from './sdk.js';
import { PROJECT, RUN } from './sdk-servers.js';
import { type SdkVersion, SHARING, useShared } from './shared-versions.js';
import { AWKWARD, readTree, sumsOf, withMany, writeTree } from './trees.js';

jest.setTimeout(300_000);

const FACTS = {
  metadata: { lr: 0.1, nested: { deep: [1, null, 'ü'] } },
  description: 'why it was made: ünï',
  tags: ['one', 't 2'],
};

const sizeOf = (files: Files): number => Object.values(files).reduce((sum, { length }) => sum + length, 0);

describe.each(SHARING)(
  "the official SDK and the filesystem read each other's versions: %s",
  (server, digestAlgorithm, count) => {
    const FILES = withMany(count);
    const shared = useShared(server, digestAlgorithm);
    const { sdk, log, pathOf, commit } = shared;

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
        const { fs } = shared;
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
        const { fs } = shared;
        await commit('redrafted', filesOf({ 'a.txt': 'one', 'b/c.txt': 'two' }));
        const [logged] = await sdk({
          do: 'newDraft',
          run: RUN,
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
        const { fs } = shared;
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
        const { fs, wandb } = shared;
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
      const { wandb } = shared;
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
      const { fs } = shared;
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
      const { fs } = shared;
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
  },
);
