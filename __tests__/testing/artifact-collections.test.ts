import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { mutate } from './artifact-client.js';
import { graphql, type Nodes, namesOf } from './client.js';
import { versions } from './helpers/artifact-names.js';

describe('a collection', () => {
  let wandb: FakeWandb;
  let id: string;
  beforeEach(async () => {
    wandb = await startFakeWandb();
    const path = 'lab/project/dataset/flowers';
    const seeded = await wandb.seedArtifacts({ [path]: { versions: [{ files: { a: '1' } }] } });
    id = seeded[path]?.id ?? '';
  });
  afterEach(() => wandb.close());

  const COLLECTION =
    'artifactCollection { name description defaultArtifactType { name } tags { edges { node { name } } } }';

  test('is renamed, described and moved to another type', async () => {
    const update = (changes: Record<string, unknown>) =>
      mutate(wandb, 'updateArtifactSequence', { artifactSequenceID: id, ...changes }, COLLECTION);
    expect(await update({ name: 'blossoms', description: 'said' })).toMatchObject({
      artifactCollection: { name: 'blossoms', description: 'said' },
    });
    expect(await versions(wandb, 'flowers')).toEqual([]);
    expect(await versions(wandb, 'blossoms')).toEqual(['v0 latest']);
    await wandb.seedArtifacts({ 'lab/project/dataset/taken': {} });
    await expect(update({ name: 'taken' })).rejects.toThrow(/already exists/);
    const move = { artifactSequenceID: id, destinationArtifactTypeName: 'corpus' };
    expect(await mutate(wandb, 'moveArtifactSequence', move, COLLECTION)).toMatchObject({
      artifactCollection: { defaultArtifactType: { name: 'corpus' } },
    });
  });

  test.each([
    ['one by one', 'createArtifactCollectionTagAssignment', 'deleteArtifactCollectionTagAssignment'],
    ['several at once', 'createArtifactCollectionTagAssignments', 'deleteArtifactCollectionTagAssignments'],
  ])('gets and loses tags, %s', async (_, create, remove) => {
    const where = { entityName: 'lab', projectName: 'project', artifactCollectionName: 'flowers' };
    const tag = { tagName: 'plants' };
    const input = create.endsWith('s') ? { ...where, tags: [tag] } : { ...where, ...tag };
    const tags = async () => {
      const query = 'query($id: ID!) { artifactCollection(id: $id) { tags { edges { node { name } } } } }';
      const { data } = await graphql<{ artifactCollection: { tags: Nodes<{ name: string }> } }>(
        wandb,
        query,
        { id },
      );
      return namesOf(data.artifactCollection.tags);
    };
    await mutate(wandb, create, input, create.endsWith('s') ? 'tags { id name }' : 'tag { id name }');
    expect(await tags()).toEqual(['plants']);
    await mutate(wandb, remove, input, 'success');
    expect(await tags()).toEqual([]);
  });

  test('is deleted with all of its versions; its name is free again', async () => {
    const input = { artifactSequenceID: id };
    const SEQUENCE = 'artifactCollection { __typename state }';
    expect(await mutate(wandb, 'deleteArtifactSequence', input, SEQUENCE)).toEqual({
      artifactCollection: { __typename: 'ArtifactSequence', state: 'DELETED' },
    });
    await expect(mutate(wandb, 'deleteArtifactSequence', input, SEQUENCE)).rejects.toThrow(/not found/);
    expect(await versions(wandb)).toEqual([]);
    await wandb.seedArtifacts({ 'lab/project/model/flowers': { versions: [{ files: { a: '1' } }] } });
    expect(await versions(wandb)).toEqual(['v0 latest']);
  });
});
