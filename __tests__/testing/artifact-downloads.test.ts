import { type FakeWandb, type FakeWandbOptions, startFakeWandb } from '../../src/testing/index.js';
import { hexOf, md5, mutate } from './artifact-client.js';
import { authorization, graphql, type Nodes, nodesOf } from './client.js';
import { member } from './helpers/artifact-names.js';

const content = 'abcdefghij';

interface FileNode {
  readonly name: string;
  readonly url: string;
  readonly directUrl: string;
  readonly md5: string;
  readonly digest: string;
}

async function serving(
  options: FakeWandbOptions,
  body: (wandb: FakeWandb, ids: readonly string[]) => Promise<void>,
): Promise<void> {
  await using wandb = await startFakeWandb(options);
  const seeded = await wandb.seedArtifacts({
    'lab/project/dataset/flowers': {
      versions: [{ files: { 'dir/a #?%.txt': content } }, { files: { 'dir/a #?%.txt': content, z: 'new' } }],
    },
    'lab/project/dataset/old': { versions: [{ files: { a: content }, storageLayout: 'V1' }] },
    'lab/project/dataset/hashed': {
      versions: [{ files: { a: content }, digestAlgorithm: 'MANIFEST_XXH128' }],
    },
  });
  await body(wandb, seeded['lab/project/dataset/flowers']?.versions.map(({ id }) => id) ?? []);
}

async function fileOf(wandb: FakeWandb, name: string): Promise<FileNode> {
  const { data } = await graphql<{
    project: { artifactCollectionMembership: { files: Nodes<FileNode> } };
  }>(
    wandb,
    `query($name: String!) { project(name: "project", entityName: "lab") {
       artifactCollectionMembership(name: $name) { files { edges { node { name url directUrl md5 digest } } } } } }`,
    { name },
  );
  const [file] = nodesOf(data.project.artifactCollectionMembership.files);
  if (!file) throw new Error(`${name} has no files`);
  return file;
}

/** Asks the API, and tells where it leads: the content, or the status that isn't a redirect. */
async function follow(wandb: FakeWandb, path: string): Promise<string | number> {
  const headers = authorization(wandb);
  const response = await fetch(wandb.url + path, { headers, redirect: 'manual' });
  if (response.status !== 302) return response.status;
  return (await fetch(response.headers.get('location') ?? '')).text();
}

describe("an artifact file's direct address", () => {
  test('serves the bytes with an ETag, ranges of them, and nothing to those who want another content', () =>
    serving({}, async (wandb) => {
      const { directUrl } = await fileOf(wandb, 'flowers:v1');
      const whole = await fetch(directUrl);
      const etag = whole.headers.get('etag') ?? '';
      expect(await whole.text()).toBe(content);
      const range = await fetch(directUrl, { headers: { range: 'bytes=2-4', 'if-match': etag } });
      expect([range.status, range.headers.get('content-range'), await range.text()]).toEqual([
        206,
        'bytes 2-4/10',
        'cde',
      ]);
      expect((await fetch(directUrl, { headers: { 'if-match': '"other"' } })).status).toBe(412);
      expect((await fetch(directUrl, { method: 'PUT', body: 'x' })).status).toBe(403);
      expect((await fetch(directUrl, { headers: authorization(wandb) })).status).toBe(403);
    }));

  test('expires', () =>
    serving({ urlTtlMs: 50 }, async (wandb) => {
      const { directUrl } = await fileOf(wandb, 'flowers:v1');
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect((await fetch(directUrl)).status).toBe(400);
    }));

  test('leads nowhere once the version is deleted', () =>
    serving({}, async (wandb, ids) => {
      const { directUrl } = await fileOf(wandb, 'flowers:v0');
      for (const artifactID of ids) {
        expect((await fetch(directUrl)).status).toBe(200);
        await mutate(wandb, 'deleteArtifact', { artifactID, deleteAliases: true }, 'artifact { id }');
      }
      expect((await fetch(directUrl)).status).toBe(404);
    }));
});

describe("an artifact file's address at the API", () => {
  test('redirects to the storage, for those who have the key', () =>
    serving({}, async (wandb) => {
      for (const name of ['flowers:v1', 'old:v0', 'hashed:v0']) {
        const { url } = await fileOf(wandb, name);
        expect(await follow(wandb, url.slice(wandb.url.length))).toBe(content);
        expect((await fetch(url, { redirect: 'manual' })).status).toBe(401);
      }
    }));

  test('is taken in each form in which clients ask', () =>
    serving({}, async (wandb, [first = '', second = '']) => {
      const [birth, artifact] = [first, second].map(encodeURIComponent);
      const hex = hexOf(md5(content));
      const collection = '/artifactsV2/default/lab/project/flowers';
      expect(await follow(wandb, `${collection}/${artifact}/${birth}/${hex}/a #?%.txt`)).toBe(content);
      expect(await follow(wandb, `${collection}/${birth}/${hex}/a%20%23.txt`)).toBe(content);
      expect(await follow(wandb, `/artifactsV2/gcp-us/lab/${birth}/${hex}/a`)).toBe(content);
      expect(await follow(wandb, `/artifactsV2/gcp-us/lab/${artifact}/${hex}`)).toBe(content);
      expect(await follow(wandb, `/artifacts/lab/${hex}`)).toBe(content);
    }));

  test('is not found for another place, version or content', () =>
    serving({}, async (wandb, [first = '']) => {
      const birth = encodeURIComponent(first);
      const hex = hexOf(md5(content));
      const stranger = encodeURIComponent((await member(wandb, 'old:v0'))?.artifact.id ?? '');
      for (const path of [
        `/artifactsV2/default/lab/project/trees/${birth}/${hex}/a`,
        `/artifactsV2/default/lab/project/flowers/${stranger}/${birth}/${hex}/a`,
        `/artifactsV2/default/lab/project/flowers/${birth}/${hexOf(md5('other'))}/a`,
        `/artifactsV2/default/viewer/${birth}/${hex}`,
        `/artifacts/viewer/${hex}`,
        '/artifacts/lab/0',
      ])
        expect(await follow(wandb, path)).toBe(404);
    }));

  test("doesn't know the form with the version's id without the feature", () =>
    serving({ features: [] }, async (wandb, [first = '', second = '']) => {
      const [birth, artifact] = [first, second].map(encodeURIComponent);
      const hex = hexOf(md5(content));
      const collection = '/artifactsV2/default/lab/project/flowers';
      expect(await follow(wandb, `${collection}/${artifact}/${birth}/${hex}/a`)).toBe(404);
      expect(await follow(wandb, `${collection}/${birth}/${hex}/a`)).toBe(content);
    }));
});

describe('digests', () => {
  test("md5 is that of the bytes, digest is the manifest's", () =>
    serving({}, async (wandb) => {
      expect(await fileOf(wandb, 'flowers:v1')).toMatchObject({ md5: md5(content), digest: md5(content) });
      const hashed = await fileOf(wandb, 'hashed:v0');
      expect(hashed.md5).toBe(md5(content));
      expect(hashed.digest).not.toBe(hashed.md5);
      expect(Buffer.from(hashed.digest, 'base64')).toHaveLength(16);
    }));
});
