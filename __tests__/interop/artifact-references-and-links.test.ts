import { createWandbArtifactFs } from 'wandb-fs';
import { startWeb, type Web } from '../helpers/web.js';
import { downloaded, filesOf } from './sdk.js';
import { PROJECT } from './sdk-servers.js';
import { type SdkVersion, SHARING, useShared } from './shared-versions.js';
import { readTree, writeTree } from './trees.js';

jest.setTimeout(300_000);

const WEB_TEXT = 'what lies elsewhere';

let web: Web;
beforeAll(async () => {
  web = await startWeb(WEB_TEXT);
});

describe.each(SHARING)(
  "the official SDK and the filesystem follow each other's references and links: %s",
  (server, digestAlgorithm) => {
    const shared = useShared(server, digestAlgorithm);
    const { sdk, log, pathOf, commit } = shared;

    test('references that the SDK logged lead where it says', async () => {
      const { wandb } = shared;
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
      const { fs } = shared;
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

    test.each([
      ['a portfolio', PROJECT, 'chosen'],
      ['a registry', 'acme-org/wandb-registry-data', 'best'],
    ])('links into %s go both ways, and so do their ends', async (_what, project, name) => {
      const { fs, wandb } = shared;
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
