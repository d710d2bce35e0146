import { startFakeWandb } from '../../src/testing/index.js';
import { log, mutate } from './artifact-client.js';
import { graphql, type Nodes, nodesOf } from './client.js';
import { addAliases, deleteAliases, member, versions } from './helpers/artifact-names.js';
import { useSeeded } from './helpers/seeded.js';

describe('aliases', () => {
  const wandb = useSeeded({ 'lab/project': {} });
  let ids: string[];
  beforeEach(async () => {
    ids = [await log(wandb, { a: '1' }), await log(wandb, { a: '2' }), await log(wandb, { a: '3' })];
  });

  const remove = (artifactID: string | undefined, deleteThem: boolean) =>
    mutate(wandb, 'deleteArtifact', { artifactID, deleteAliases: deleteThem }, 'artifact { id state }');

  test('stand for one version of a collection: they move', async () => {
    expect(await versions(wandb)).toEqual(['v2 latest', 'v1', 'v0']);
    await addAliases(wandb, ids[0] ?? '', ['prod', 'latest']);
    expect(await versions(wandb)).toEqual(['v2', 'v1', 'v0 latest,prod']);
    await addAliases(wandb, ids[1] ?? '', ['prod']);
    expect(await versions(wandb)).toEqual(['v2', 'v1 prod', 'v0 latest']);
    expect(await member(wandb, 'flowers:prod')).toMatchObject({
      versionIndex: 1,
      aliases: [{ alias: 'prod' }],
    });
  });

  test('are removed from their own version only', async () => {
    await addAliases(wandb, ids[1] ?? '', ['prod']);
    await deleteAliases(wandb, ids[0] ?? '', ['prod', 'never']);
    expect(await member(wandb, 'flowers:prod')).not.toBeNull();
    await deleteAliases(wandb, ids[1] ?? '', ['prod']);
    expect(await member(wandb, 'flowers:prod')).toBeNull();
  });

  test('mean a version by name, as vN does; a bare name means latest', async () => {
    expect(await member(wandb, 'flowers:v1')).toMatchObject({ artifact: { id: ids[1] } });
    expect(await member(wandb, 'flowers')).toMatchObject({ artifact: { id: ids[2] } });
    expect(await member(wandb, 'flowers:v9')).toBeNull();
    expect(await member(wandb, 'nope:latest')).toBeNull();
    await deleteAliases(wandb, ids[2] ?? '', ['latest']);
    expect(await member(wandb, 'flowers')).toBeNull();
  });

  test('can hold neither / nor :, and no version number', async () => {
    for (const name of ['a/b', 'a:b', '', 'v7', 'x'.repeat(129)]) {
      await expect(addAliases(wandb, ids[0] ?? '', ['good', name])).rejects.toThrow(/invalid artifact alias/);
    }
    expect(await member(wandb, 'flowers:good')).toBeNull();
  });

  test('of a version keep it from being deleted, unless the request says so', async () => {
    await expect(remove(ids[2], false)).rejects.toThrow(/has aliases \(latest\)/);
    expect(await remove(ids[2], true)).toEqual({ artifact: { id: ids[2], state: 'DELETED' } });
    expect(await remove(ids[0], false)).toMatchObject({ artifact: { state: 'DELETED' } });
  });

  test('of a deleted version end, but latest goes to the highest that remains', async () => {
    await addAliases(wandb, ids[2] ?? '', ['prod']);
    await remove(ids[2], true);
    expect(await versions(wandb)).toEqual(['v1 latest', 'v0']);
    expect(await member(wandb, 'flowers:prod')).toBeNull();
    await remove(ids[1], true);
    await remove(ids[0], true);
    expect(await versions(wandb)).toEqual([]);
    expect(await member(wandb, 'flowers')).toBeNull();
  });

  test('of a collection are listed in pages', async () => {
    await addAliases(wandb, ids[0] ?? '', ['a', 'b', 'c']);
    const { data: found } = await graphql<{ project: { artifactCollection: { id: string } } }>(
      wandb,
      '{ project(name: "project", entityName: "lab") { artifactCollection(name: "flowers") { id } } }',
    );
    const query = `query($id: ID!, $after: String) { artifactCollection(id: $id) {
      aliases(first: 3, after: $after) { pageInfo { endCursor hasNextPage } edges { node { alias } } } } }`;
    const page = async (after: string | null) => {
      const { id } = found.project.artifactCollection;
      const { data } = await graphql<{
        artifactCollection: {
          aliases: Nodes<{ alias: string }> & { pageInfo: { endCursor: string; hasNextPage: boolean } };
        };
      }>(wandb, query, { id, after });
      const { aliases } = data.artifactCollection;
      return { names: nodesOf(aliases).map(({ alias }) => alias), ...aliases.pageInfo };
    };
    const first = await page(null);
    expect(first).toMatchObject({ names: ['latest', 'a', 'b'], hasNextPage: true });
    expect(await page(first.endCursor)).toMatchObject({ names: ['c'], hasNextPage: false });
  });
});

describe('what describes a version', () => {
  test('changes with updateArtifact; what is null stays', async () => {
    await using wandb = await startFakeWandb();
    await wandb.seed({ 'lab/project': {} });
    const artifactID = await log(wandb, { a: '1' }, ['latest'], {
      description: 'd',
      metadata: '{"k":1}',
      tags: [{ tagName: 'old' }],
      ttlDurationSeconds: 60,
    });
    const selection =
      'artifact { description metadata ttlDurationSeconds ttlIsInherited updatedAt tags { name } }';
    const update = (changes: Record<string, unknown>) =>
      mutate<{ artifact: unknown }>(wandb, 'updateArtifact', { artifactID, ...changes }, selection);
    expect(await update({})).toEqual({
      artifact: {
        description: 'd',
        metadata: '{"k":1}',
        ttlDurationSeconds: 60,
        ttlIsInherited: false,
        updatedAt: expect.any(String),
        tags: [{ name: 'old' }],
      },
    });
    const changes = { tagsToAdd: [{ tagName: 'new' }], tagsToDelete: [{ tagName: 'old' }], description: 'e' };
    expect(await update({ ...changes, metadata: '{}', ttlDurationSeconds: -2 })).toMatchObject({
      artifact: {
        description: 'e',
        metadata: '{}',
        ttlDurationSeconds: -2,
        ttlIsInherited: false,
        tags: [{ name: 'new' }],
      },
    });
    expect(await update({ ttlDurationSeconds: -1 })).toMatchObject({ artifact: { ttlIsInherited: true } });
    await expect(update({ ttlDurationSeconds: 0 })).rejects.toThrow(/invalid ttlDurationSeconds/);
    await expect(update({ metadata: 'no JSON' })).rejects.toThrow(/not JSON/);
    await expect(update({ tagsToAdd: [{ tagName: 'a/b' }] })).rejects.toThrow(/invalid tag/);
  });
});
