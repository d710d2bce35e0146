import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { declare, log, mutate } from './artifact-client.js';
import { graphql, type Nodes, namesOf, nodesOf } from './client.js';

describe('what runs use', () => {
  let wandb: FakeWandb;
  let ids: string[];
  beforeEach(async () => {
    wandb = await startFakeWandb();
    await wandb.seed({ 'lab/project/first': {}, 'lab/project/second': {} }, { state: 'finished' });
    ids = [await log(wandb, { a: '1' }), await log(wandb, { a: '2' })];
  });
  afterEach(() => wandb.close());

  const use = (artifactID: string | undefined, runName: string, usedAs?: string) =>
    mutate(
      wandb,
      'useArtifact',
      { artifactID, runName, usedAs, entityName: 'lab', projectName: 'project' },
      'artifact { id } run { name }',
    );

  const inputs = async (args: string) => {
    const { data, errors } = await graphql<{
      project: {
        run: {
          inputArtifacts: {
            totalCount: number;
            edges: { usedAs: string[]; node: { versionIndex: number } }[];
          };
        };
      };
    }>(
      wandb,
      `{ project(name: "project", entityName: "lab") { run(name: "first") {
           inputArtifacts${args} { totalCount edges { usedAs node { versionIndex } } } } } }`,
    );
    if (errors[0]) throw new Error(errors[0].message);
    return data.project.run.inputArtifacts.edges.map(({ usedAs, node }) => [
      node.versionIndex,
      usedAs.join(),
    ]);
  };

  test('is listed once a version, with the names under which it was used', async () => {
    expect(await use(ids[1], 'first', 'training')).toEqual({
      artifact: { id: ids[1] },
      run: { name: 'first' },
    });
    await use(ids[1], 'first', 'test');
    await use(ids[0], 'first');
    expect(await inputs('')).toEqual([
      [1, 'training,test'],
      [0, ''],
    ]);
    expect(await inputs('(order: "+versionIndex")')).toEqual([
      [0, ''],
      [1, 'training,test'],
    ]);
    expect(await inputs('(filters: "{\\"alias\\":\\"latest\\"}")')).toEqual([[1, 'training,test']]);
  });

  test('is told of by the version, too', async () => {
    await use(ids[0], 'first');
    await use(ids[0], 'second');
    const usedBy = async (args: string) => {
      const { data } = await graphql<{ artifact: { usedBy: Nodes<{ name: string }> } }>(
        wandb,
        `query($id: ID!) { artifact(id: $id) { usedCount usedBy${args} { edges { node { name } } } } }`,
        { id: ids[0] },
      );
      return namesOf(data.artifact.usedBy);
    };
    expect(await usedBy('')).toEqual(['first', 'second']);
    expect(await usedBy('(filters: "{\\"name\\":\\"second\\"}")')).toEqual(['second']);
    expect(await usedBy('(order: "-created_at", first: 1)')).toEqual(['second']);
  });

  test('must be there, and committed', async () => {
    await expect(use('nope', 'first')).rejects.toThrow(/artifact nope not found/);
    await expect(use(ids[0], 'nope')).rejects.toThrow(/run lab\/project\/nope not found/);
    await expect(use((await declare(wandb, 'x')).id, 'first')).rejects.toThrow(/not committed/);
    await use(ids[0], 'first');
    await mutate(wandb, 'deleteArtifact', { artifactID: ids[0], deleteAliases: true }, 'artifact { id }');
    expect(await inputs('')).toEqual([]);
  });

  test('does not count as made', async () => {
    await use(ids[0], 'first');
    const { data } = await graphql<{ project: { run: { outputArtifacts: Nodes<unknown> } } }>(
      wandb,
      `{ project(name: "project", entityName: "lab") { run(name: "first") { outputArtifacts { edges { node { id } } } } } }`,
    );
    expect(nodesOf(data.project.run.outputArtifacts)).toEqual([]);
  });
});
