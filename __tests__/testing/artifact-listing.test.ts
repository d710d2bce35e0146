import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { graphql, type Nodes, namesOf, nodesOf } from './client.js';
import { versions } from './helpers/artifact-names.js';

interface Page<Node> extends Nodes<Node> {
  readonly totalCount: number;
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

describe('listing artifacts', () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb({ limits: { page: 10, names: 5 } });
    const files = Object.fromEntries(
      Array.from({ length: 25 }, (_, i) => [`dir-${i % 5}/f${String(i).padStart(2, '0')}.txt`, `file ${i}`]),
    );
    await wandb.seedArtifacts({
      'lab/project/dataset/flowers': {
        versions: [
          { files: { a: '1' }, aliases: ['old'], metadata: { score: 1 }, createdAt: 3000 },
          { files: { a: '2' }, tags: ['good'], metadata: { score: 3 }, createdAt: 2000 },
          { files, metadata: { score: 2 }, createdAt: 1000, references: { zref: 's3://bucket/key' } },
          { files: { a: 'pending' }, state: 'PENDING' },
        ],
        tags: ['plants'],
      },
      'lab/project/dataset/trees': { versions: [], description: 'none yet' },
      'lab/project/model/weights': { versions: [{ files: { w: '1' } }] },
      'lab/project/dataset/chosen': { links: [{ to: 'lab/project/flowers:v2' }] },
      'lab/project/odd%2Ftype/..': { versions: [{ files: { a: '1' } }] },
    });
  });
  afterAll(() => wandb.close());

  const inProject = async <Data>(selection: string, variables: Record<string, unknown> = {}, head = '') => {
    const query = `query${head} { project(name: "project", entityName: "lab") { ${selection} } }`;
    const { data, errors } = await graphql<{ project: Data }>(wandb, query, variables);
    if (errors[0]) throw new Error(errors[0].message);
    return data.project;
  };

  test('types, and collections of one type, in the order of their making', async () => {
    const { artifactTypes } = await inProject<{ artifactTypes: Nodes<{ name: string }> }>(
      'artifactTypes { edges { node { name createdAt } } }',
    );
    expect(namesOf(artifactTypes)).toEqual(['dataset', 'model', 'odd/type']);
    const { artifactType } = await inProject<{
      artifactType: { artifactCollections: Page<{ name: string }> };
    }>('artifactType(name: "dataset") { artifactCollections { totalCount edges { node { name } } } }');
    expect(namesOf(artifactType.artifactCollections)).toEqual(['flowers', 'trees', 'chosen']);
    expect(artifactType.artifactCollections.totalCount).toBe(3);
    expect(
      await inProject(
        'artifactType(name: "odd/type") { artifactCollection(name: "..") { name __typename } }',
      ),
    ).toEqual({ artifactType: { artifactCollection: { name: '..', __typename: 'ArtifactSequence' } } });
  });

  test('collections of a project are filtered and ordered', async () => {
    const names = async (args: string) => {
      const { artifactCollections } = await inProject<{ artifactCollections: Page<{ name: string }> }>(
        `artifactCollections(${args}) { totalCount edges { node { name } } }`,
      );
      return namesOf(artifactCollections);
    };
    expect(await names('order: "-name"')).toEqual(['weights', 'trees', 'flowers', 'chosen', '..']);
    expect(await names('filters: "{\\"tag\\":\\"plants\\"}"')).toEqual(['flowers']);
    expect(await names('filters: "{\\"name\\":{\\"$regex\\":\\"e\\"}}", order: "name"')).toEqual([
      'chosen',
      'flowers',
      'trees',
      'weights',
    ]);
    expect(await names('collectionTypes: [PORTFOLIO]')).toEqual(['chosen']);
    await expect(names('order: "weight"')).rejects.toThrow(/no 'weight' to filter or order by/);
  });

  test('versions come newest first, committed ones only, and are filtered and ordered', async () => {
    expect(await versions(wandb)).toEqual(['v2 latest', 'v1', 'v0 old']);
    const state = (name: string) => `(filters: "{\\"state\\":\\"${name}\\"}")`;
    expect(await versions(wandb, 'flowers', state('COMMITTED'))).toHaveLength(3);
    expect(await versions(wandb, 'flowers', state('PENDING'))).toEqual([]);
    expect(await versions(wandb, 'flowers', '(order: "createdAt")')).toEqual(['v2 latest', 'v1', 'v0 old']);
    expect(await versions(wandb, 'flowers', '(order: "+versionIndex")')).toEqual([
      'v0 old',
      'v1',
      'v2 latest',
    ]);
    expect(await versions(wandb, 'flowers', '(order: "-metadata.score")')).toEqual([
      'v1',
      'v2 latest',
      'v0 old',
    ]);
    expect(await versions(wandb, 'flowers', '(filters: "{\\"tag\\":\\"good\\"}")')).toEqual(['v1']);
    expect(await versions(wandb, 'flowers', '(filters: "{\\"alias\\":\\"old\\"}")')).toEqual(['v0 old']);
    expect(await versions(wandb, 'flowers', '(first: 2)')).toEqual(['v2 latest', 'v1']);
  });

  test('an edge tells the version in the collection that is listed, not where it was born', async () => {
    expect(await versions(wandb, 'chosen')).toEqual(['v0 latest']);
    const { artifactCollectionMembership } = await inProject<{ artifactCollectionMembership: unknown }>(
      `artifactCollectionMembership(name: "chosen:v0") { versionIndex
         artifact { versionIndex inChosen: versionIndex(artifactCollectionName: "chosen") } }`,
    );
    expect(artifactCollectionMembership).toEqual({
      versionIndex: 0,
      artifact: { versionIndex: 2, inChosen: 0 },
    });
  });

  const FILES = `artifactCollection(name: "flowers") { artifactMembership(aliasName: "v2") {
    files(names: $names, first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage }
      edges { node { name displayName url directUrl sizeBytes md5 digest isReference } } } } }`;
  interface FileNode {
    readonly name: string;
    readonly displayName: string;
    readonly url: string;
    readonly directUrl: string;
  }
  const files = async (variables: Record<string, unknown>) => {
    const head = '($names: [String!], $first: Int, $after: String)';
    const { artifactCollection } = await inProject<{
      artifactCollection: { artifactMembership: { files: Page<FileNode> } };
    }>(FILES, variables, head);
    return artifactCollection.artifactMembership.files;
  };

  test('files come in pages, sorted by path, by their whole paths', async () => {
    const names: string[] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const page: Page<FileNode> = await files({ first: 100, after });
      expect(page.edges.length).toBeLessThanOrEqual(10);
      expect(page.totalCount).toBe(26);
      names.push(...nodesOf(page).map(({ displayName }) => displayName));
      after = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }
    expect(names).toHaveLength(26);
    expect(names).toEqual([...names].sort());
    expect(names.at(-1)).toBe('zref');
  });

  test('files are looked up by names; references are listed by where they lead', async () => {
    const page = await files({ names: ['zref', 'dir-0/f00.txt', 'nope'] });
    expect(nodesOf(page)).toMatchObject([
      { name: 'dir-0/f00.txt', displayName: 'dir-0/f00.txt', sizeBytes: 6, isReference: false },
      { url: 's3://bucket/key', directUrl: 's3://bucket/key', digest: 's3://bucket/key', md5: null },
    ]);
    expect((await files({ names: [] })).totalCount).toBe(26);
    await expect(files({ names: ['a', 'b', 'c', 'd', 'e', 'f'] })).rejects.toThrow(/Too many names/);
  });

  test('entries of a manifest get their addresses, those that have bytes', async () => {
    const { artifactCollectionMembership: found } = await inProject<{
      artifactCollectionMembership: {
        artifact: { id: string; currentManifest: { file: { directUrl: string } }; files: Page<FileNode> };
      };
    }>(
      `artifactCollectionMembership(name: "flowers:old") { artifact {
         id currentManifest { file { directUrl } } files { edges { node { name } } } } }`,
    );
    const { id, currentManifest } = found.artifact;
    const response = await fetch(currentManifest.file.directUrl);
    const manifest = (await response.json()) as { contents: { a: { digest: string } } };
    expect(manifest).toMatchObject({ version: 1, contents: { a: { size: 1, birthArtifactID: id } } });
    expect(namesOf(found.artifact.files)).toEqual(['a']);
    const entries = [
      { name: 'a', digest: manifest.contents.a.digest, birthArtifactID: id },
      { name: 'b', digest: '1B2M2Y8AsgTpgAmY7PhCfg==', birthArtifactID: id },
    ];
    const { data } = await graphql<{ artifact: { filesByManifestEntries: Nodes<FileNode> } }>(
      wandb,
      `query($id: ID!, $entries: [ArtifactManifestEntryInput!]) { artifact(id: $id) {
         filesByManifestEntries(storageLayout: "V2", manifestVersion: "1", entries: $entries) {
           edges { node { name directUrl } } } } }`,
      { id, entries },
    );
    const nodes = nodesOf(data.artifact.filesByManifestEntries);
    expect(nodes.map(({ name }) => name)).toEqual(['a']);
    expect(await (await fetch(nodes[0]?.directUrl ?? '')).text()).toBe('1');
  });

  test('what is not there is null, not an error', async () => {
    expect(
      await inProject(
        `artifactType(name: "nope") { id } artifactCollection(name: "nope") { id }
         artifactCollectionMembership(name: "nope:v0") { id } artifact(name: "nope:v0") { id }`,
      ),
    ).toEqual({
      artifactType: null,
      artifactCollection: null,
      artifactCollectionMembership: null,
      artifact: null,
    });
    expect(
      (await graphql(wandb, '{ artifact(id: "x") { id } artifactCollection(id: "x") { id } }')).data,
    ).toEqual({
      artifact: null,
      artifactCollection: null,
    });
  });
});
