import {
  artifactDigest,
  declare,
  declareFiles,
  digestsOf,
  FILES,
  log,
  md5,
  mutate,
  stateOf,
} from './artifact-client.js';
import { graphql } from './client.js';
import { versions } from './helpers/artifact-names.js';
import { useSeeded } from './helpers/seeded.js';

describe('a version', () => {
  const wandb = useSeeded({ 'lab/project/run': {} });

  test('with the digest of a committed one is that one, and takes the aliases', async () => {
    const first = await log(wandb, FILES);
    await log(wandb, { 'a.txt': 'other' });
    const again = await declare(wandb, artifactDigest(digestsOf(FILES)), {
      aliases: [{ alias: 'best', artifactCollectionName: 'flowers' }],
    });
    expect(again).toMatchObject({ id: first, state: 'COMMITTED' });
    expect(await versions(wandb)).toEqual(['v1 latest', 'v0 best']);
  });

  test('is made anew if the one with its digest is deleted, pending or in another collection', async () => {
    const id = await log(wandb, FILES);
    const other = await declare(wandb, artifactDigest(digestsOf(FILES)), { artifactCollectionName: 'trees' });
    expect(other.state).toBe('PENDING');
    expect(
      (await declare(wandb, artifactDigest(digestsOf(FILES)), { artifactCollectionName: 'trees' })).id,
    ).not.toBe(other.id);
    await mutate(wandb, 'deleteArtifact', { artifactID: id, deleteAliases: true }, 'artifact { id }');
    expect((await declare(wandb, artifactDigest(digestsOf(FILES)))).state).toBe('PENDING');
  });

  test('has a number that is never given out again', async () => {
    await log(wandb, { a: '1' });
    const id = await log(wandb, { a: '2' });
    await mutate(wandb, 'deleteArtifact', { artifactID: id, deleteAliases: true }, 'artifact { id state }');
    await log(wandb, { a: '3' });
    expect(await versions(wandb)).toEqual(['v2 latest', 'v0']);
  });

  test('shares the bytes of its files with those before it', async () => {
    const first = await log(wandb, FILES);
    const { id } = await declare(wandb, artifactDigest(digestsOf({ ...FILES, c: 'new' })));
    const uploads = await declareFiles(wandb, [
      { artifactID: id, name: 'renamed.txt', md5: md5('hello') },
      { artifactID: id, name: 'c', md5: md5('new') },
    ]);
    expect(uploads[0]).toMatchObject({ uploadUrl: null, uploadHeaders: [], artifact: { id: first } });
    expect(uploads[1]).toMatchObject({ uploadUrl: expect.any(String), artifact: { id } });
    const other = await declare(wandb, 'x', { artifactCollectionName: 'trees' });
    const [elsewhere] = await declareFiles(wandb, [{ artifactID: other.id, name: 'a', md5: md5('hello') }]);
    expect(elsewhere?.uploadUrl).not.toBeNull();
  });

  test('keeps bytes that it shares when the one that brought them is deleted', async () => {
    const first = await log(wandb, FILES);
    await log(wandb, { 'a.txt': 'hello' });
    const [own] = await declareFiles(wandb, [
      { artifactID: (await declare(wandb, 'x')).id, name: 'a', md5: md5('world') },
    ]);
    await mutate(wandb, 'deleteArtifact', { artifactID: first, deleteAliases: true }, 'artifact { state }');
    expect(Buffer.from((await wandb.artifactFiles('lab/project/flowers:v1'))['a.txt'] ?? '').toString()).toBe(
      'hello',
    );
    expect(own?.uploadUrl).toBeNull();
    const [gone] = await declareFiles(wandb, [
      { artifactID: (await declare(wandb, 'y')).id, name: 'a', md5: md5('world') },
    ]);
    expect(gone?.uploadUrl).not.toBeNull();
  });

  test("is listed with the run that logged it, and its manifest among the run's files", async () => {
    await log(wandb, FILES, ['latest'], { runName: 'run' });
    const { data } = await graphql<{ project: { run: unknown } }>(
      wandb,
      `{ project(name: "project", entityName: "lab") { run(name: "run") {
           outputArtifacts { totalCount edges { node { digest createdBy { ... on Run { name } } } } } } } }`,
    );
    expect(data.project.run).toEqual({
      outputArtifacts: {
        totalCount: 1,
        edges: [{ node: { digest: artifactDigest(digestsOf(FILES)), createdBy: { name: 'run' } } }],
      },
    });
    expect(Object.keys(await wandb.files('lab/project/run'))).toEqual([
      expect.stringMatching(/^artifact\/\d+\/wandb_manifest.json$/),
    ]);
  });

  test('outlives its run, unless the request says otherwise', async () => {
    await wandb.seed({ 'lab/project/other': {} });
    await log(wandb, FILES, ['latest'], { runName: 'run' });
    await log(wandb, { a: '1' }, ['latest'], { runName: 'other' });
    const remove = async (run: string, deleteArtifacts: boolean) => {
      const id = Buffer.from(`Run:v1:${run}:project:lab`).toString('base64');
      await mutate(wandb, 'deleteRun', { id, deleteArtifacts }, 'clientMutationId');
    };
    await remove('run', false);
    expect(await versions(wandb)).toEqual(['v1 latest', 'v0']);
    await remove('other', true);
    expect(await versions(wandb)).toEqual(['v0 latest']);
  });

  test('is gone with its project', async () => {
    const id = await log(wandb, FILES);
    await mutate(
      wandb,
      'deleteModel',
      { id: Buffer.from('Project:v1:project:lab').toString('base64') },
      'success',
    );
    expect(await stateOf(wandb, id)).toEqual({ state: 'DELETED', versionIndex: null });
    await wandb.seed({ 'lab/project': {} });
    expect(await versions(wandb)).toEqual([]);
  });

  test('is refused for names that the service refuses', async () => {
    const digest = artifactDigest({});
    await expect(declare(wandb, digest, { artifactCollectionName: 'a/b' })).rejects.toThrow(/invalid/);
    await expect(declare(wandb, digest, { artifactTypeName: 'a/b' })).rejects.toThrow(/invalid/);
    const alias = { alias: 'v3', artifactCollectionName: 'flowers' };
    await expect(declare(wandb, digest, { aliases: [alias] })).rejects.toThrow(/invalid artifact alias/);
    await expect(declare(wandb, digest, { metadata: '[]' })).rejects.toThrow(/not an object/);
    await expect(declare(wandb, digest, { projectName: 'nope' })).rejects.toThrow(
      /project lab\/nope not found/,
    );
    await log(wandb, FILES);
    await expect(declare(wandb, digest, { artifactTypeName: 'model' })).rejects.toThrow(
      /has the type dataset/,
    );
  });

  test('maps the ids that a client gave', async () => {
    const artifact = await declare(wandb, artifactDigest({}), { clientID: 'one', sequenceClientID: 'all' });
    const query = 'query($id: ID!) { clientIDMapping(clientID: $id) { serverID entry { __typename } } }';
    const mapped = async (id: string) =>
      (await graphql<{ clientIDMapping: unknown }>(wandb, query, { id })).data.clientIDMapping;
    expect(await mapped('one')).toEqual({ serverID: artifact.id, entry: { __typename: 'Artifact' } });
    expect(await mapped('all')).toEqual({
      serverID: artifact.artifactSequence.id,
      entry: { __typename: 'ArtifactSequence' },
    });
    expect(await mapped('none')).toBeNull();
  });
});
