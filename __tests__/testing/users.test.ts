import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { mutate } from './artifact-client.js';
import { graphql, type Nodes, nodesOf } from './client.js';

interface Key {
  readonly id: string;
  readonly name: string;
}

describe('the viewer', () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb({
      viewer: { entity: 'home', username: 'someone', email: 'someone@localhost', teams: ['crew'] },
    });
  });
  afterAll(() => wandb.close());

  const ask = async <Data>(query: string): Promise<Data> => (await graphql<Data>(wandb, query)).data;
  const keys = async (): Promise<Key[]> => {
    const { viewer } = await ask<{ viewer: { apiKeys: Nodes<Key> } }>(
      '{ viewer { apiKeys { edges { node { id name } } } } }',
    );
    return nodesOf(viewer.apiKeys);
  };

  test('is the one user who can be found', async () => {
    const find = async (query: string) =>
      nodesOf(
        (
          await ask<{ users: Nodes<{ username: string }> }>(
            `{ users(query: "${query}") { edges { node { username } } } }`,
          )
        ).users,
      );
    expect(await find('someone@localhost')).toEqual([{ username: 'someone' }]);
    expect(await find('nobody')).toEqual([]);
  });

  test('chooses another default entity, which must be there', async () => {
    const choose = (defaultEntity: string) =>
      mutate(wandb, 'updateUser', { defaultEntity }, 'user { entity username }');
    expect(await choose('crew')).toEqual({ user: { entity: 'crew', username: 'someone' } });
    expect(await ask('mutation { upsertModel(input: { name: "made" }) { entityName } }')).toEqual({
      upsertModel: { entityName: 'crew' },
    });
    await expect(choose('nobody')).rejects.toThrow('entity nobody not found');
    await choose('home');
  });

  test('has keys whose lists show no secret; new ones open the API until they are deleted', async () => {
    expect(await keys()).toHaveLength(1);
    const { apiKey } = await mutate<{ apiKey: Key }>(
      wandb,
      'generateApiKey',
      { description: 'for a machine' },
      'apiKey { id name description }',
    );
    const holder = { ...wandb, apiKey: apiKey.name };
    expect((await graphql(holder, '{ viewer { id } }')).status).toBe(200);
    expect(JSON.stringify(await keys())).not.toContain(apiKey.name);
    expect(await mutate(wandb, 'deleteApiKey', { id: apiKey.id }, 'success')).toEqual({ success: true });
    expect((await graphql(holder, '{ viewer { id } }')).status).toBe(401);
    await expect(mutate(wandb, 'deleteApiKey', { id: apiKey.id }, 'success')).rejects.toThrow('not found');
  });

  test('is the member of teams, of those it makes too, and of its own entity', async () => {
    const about = (name: string) =>
      ask(`{ entity(name: "${name}") { entityType available isTeam members { username role } } }`);
    expect(await about('crew')).toEqual({
      entity: {
        entityType: 'team',
        available: true,
        isTeam: true,
        members: [{ username: 'someone', role: 'admin' }],
      },
    });
    const create = (teamName: string) => mutate(wandb, 'createTeam', { teamName }, 'entity { name limits }');
    expect(await create('new-team')).toEqual({ entity: { name: 'new-team', limits: null } });
    expect(await about('new-team')).toMatchObject({ entity: { isTeam: true } });
    await expect(create('new-team')).rejects.toThrow('resource already exists');
    await expect(create('a/b')).rejects.toThrow('invalid team name');
    expect(await about('home')).toMatchObject({
      entity: { entityType: 'user', isTeam: false, members: [{ username: 'someone' }] },
    });
  });
});
