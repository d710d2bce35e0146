import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { log, mutate } from './artifact-client.js';
import { graphql } from './client.js';
import { addAliases, deleteAliases, member, versions } from './helpers/artifact-names.js';
import { useSeeded } from './helpers/seeded.js';

interface Link {
  readonly versionIndex: number;
  readonly artifactMembership: { readonly aliases: readonly { readonly alias: string }[] } | null;
  readonly artifactCollectionID: string;
}

const link = (
  wandb: FakeWandb,
  artifactID: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Link> =>
  mutate(
    wandb,
    'linkArtifact',
    { artifactID, artifactPortfolioName: 'chosen', entityName: 'lab', projectName: 'project', ...more },
    'versionIndex artifactCollectionID artifactMembership { aliases { alias } }',
  );

const named = (...aliases: readonly string[]) => ({
  aliases: aliases.map((alias) => ({ alias, artifactCollectionName: 'chosen' })),
});

describe('a portfolio', () => {
  const wandb = useSeeded({ 'lab/project': {} });
  let ids: string[];
  beforeEach(async () => {
    ids = [await log(wandb, { a: '1' }), await log(wandb, { a: '2' }, ['latest', 'source-only'])];
  });

  test('is made by the first link; it numbers its versions itself, and the newest link is latest', async () => {
    expect(await link(wandb, ids[1] ?? '', named('good'))).toMatchObject({
      versionIndex: 0,
      artifactMembership: { aliases: [{ alias: 'latest' }, { alias: 'good' }] },
    });
    expect(await link(wandb, ids[0] ?? '')).toMatchObject({ versionIndex: 1 });
    expect(await versions(wandb, 'chosen')).toEqual(['v1 latest', 'v0 good']);
    expect(await versions(wandb)).toEqual(['v1 latest,source-only', 'v0']);
    expect(await member(wandb, 'chosen:good')).toMatchObject({ artifact: { id: ids[1] } });
  });

  test('links a version once', async () => {
    await link(wandb, ids[1] ?? '');
    await link(wandb, ids[0] ?? '');
    expect(await link(wandb, ids[1] ?? '', named('again'))).toMatchObject({ versionIndex: 0 });
    expect(await versions(wandb, 'chosen')).toEqual(['v1 latest', 'v0 again']);
  });

  test('lets go of a version, which stays where it was born', async () => {
    const { artifactCollectionID: artifactPortfolioID } = await link(wandb, ids[1] ?? '');
    await link(wandb, ids[0] ?? '');
    const unlink = (artifactID: string | undefined) =>
      mutate(wandb, 'unlinkArtifact', { artifactID, artifactPortfolioID }, 'success');
    expect(await unlink(ids[0])).toEqual({ success: true });
    expect(await versions(wandb, 'chosen')).toEqual(['v0 latest']);
    expect(await versions(wandb)).toHaveLength(2);
    await expect(unlink(ids[0])).rejects.toThrow(/not found/);
    expect(await link(wandb, ids[0] ?? '')).toMatchObject({ versionIndex: 2 });
  });

  test('is deleted without its sources; a deleted source leaves it', async () => {
    const { artifactCollectionID: artifactPortfolioID } = await link(wandb, ids[1] ?? '', named('good'));
    await link(wandb, ids[0] ?? '');
    await mutate(wandb, 'deleteArtifact', { artifactID: ids[0], deleteAliases: true }, 'artifact { id }');
    expect(await versions(wandb, 'chosen')).toEqual(['v0 good,latest']);
    expect(
      await mutate(wandb, 'deleteArtifactPortfolio', { artifactPortfolioID }, 'artifactCollection { state }'),
    ).toEqual({ artifactCollection: { state: 'DELETED' } });
    expect(await member(wandb, 'chosen:good')).toBeNull();
    expect(await versions(wandb)).toEqual(['v1 latest,source-only']);
  });

  test('has a name that no sequence has, and one type', async () => {
    await expect(link(wandb, ids[0] ?? '', { artifactPortfolioName: 'flowers' })).rejects.toThrow(
      /is a sequence/,
    );
    await link(wandb, ids[0] ?? '');
    const model = await log(wandb, { w: '1' }, ['latest'], {
      artifactCollectionName: 'weights',
      artifactTypeName: 'model',
    });
    await expect(link(wandb, model)).rejects.toThrow(/has the type dataset, not model/);
    await expect(log(wandb, { a: '1' }, [], { artifactCollectionName: 'chosen' })).rejects.toThrow(
      /is a portfolio/,
    );
  });

  test("is told of by its versions' memberships", async () => {
    await link(wandb, ids[1] ?? '', named('good'));
    const { data } = await graphql<{ artifact: unknown }>(
      wandb,
      `query($id: ID!) { artifact(id: $id) { artifactMemberships { edges { node {
         versionIndex aliases { alias } artifactCollection { __typename name project { name entity { name } } } } } } } }`,
      { id: ids[1] },
    );
    expect(data.artifact).toMatchObject({
      artifactMemberships: {
        edges: [
          {
            node: {
              versionIndex: 1,
              artifactCollection: { __typename: 'ArtifactSequence', name: 'flowers' },
            },
          },
          {
            node: {
              versionIndex: 0,
              artifactCollection: { __typename: 'ArtifactPortfolio', name: 'chosen' },
            },
          },
        ],
      },
    });
  });
});

describe('a registry', () => {
  const organizations = [
    { name: 'Acme, Inc.', entity: 'acme-org', teams: ['lab'], protectedAliases: ['production'] },
  ];
  const registry = 'acme-org/wandb-registry-model';
  const inRegistry = {
    entityName: 'acme-org',
    projectName: 'wandb-registry-model',
    artifactCollectionName: 'best',
  };

  let wandb: FakeWandb;
  let id: string;
  beforeEach(async () => {
    wandb = await startFakeWandb({ organizations });
    const seeded = await wandb.seedArtifacts({
      'lab/project/model/weights': { versions: [{ files: { w: '1' }, aliases: ['production'] }] },
      [`${registry}/model/best`]: { links: [{ to: 'lab/project/weights:v0', aliases: ['staging'] }] },
    });
    id = seeded[`${registry}/model/best`]?.versions[0]?.id ?? '';
  });
  afterEach(() => wandb.close());

  test("is a project of the organisation's entity, which the viewer's teams and the viewer lead to", async () => {
    const of = (name: string) =>
      `entity(name: "${name}") { isTeam user { id } organization { name orgEntity { name } } }`;
    const { data } = await graphql<Record<string, unknown>>(
      wandb,
      `{ team: ${of('lab')} org: ${of('acme-org')} me: entity(name: "viewer") {
           organization { name } user { organizations { name orgEntity { name } } } }
         viewer { teams { edges { node { name } } } }
         organization(name: "Acme, Inc.") { orgEntity { projects { edges { node { name } } } } } }`,
    );
    const organization = { name: 'Acme, Inc.', orgEntity: { name: 'acme-org' } };
    expect(data).toEqual({
      team: { isTeam: true, user: null, organization },
      org: { isTeam: false, user: null, organization },
      me: { organization: null, user: { organizations: [organization] } },
      viewer: { teams: { edges: [{ node: { name: 'viewer' } }, { node: { name: 'lab' } }] } },
      organization: { orgEntity: { projects: { edges: [{ node: { name: 'wandb-registry-model' } }] } } },
    });
    expect(await member(wandb, 'best:staging', registry)).toMatchObject({ artifact: { id } });
  });

  test('has aliases that the viewer may neither set nor remove', async () => {
    const denied = /permission denied: production is a protected alias of best/;
    await expect(addAliases(wandb, id, ['fine', 'production'], inRegistry)).rejects.toThrow(denied);
    await expect(deleteAliases(wandb, id, ['production'], inRegistry)).rejects.toThrow(denied);
    await expect(
      link(wandb, id, {
        ...inRegistry,
        artifactCollectionName: undefined,
        artifactPortfolioName: 'best',
        aliases: [{ alias: 'production', artifactCollectionName: 'best' }],
      }),
    ).rejects.toThrow(denied);
    expect(await member(wandb, 'best:fine', registry)).toBeNull();
    await addAliases(wandb, id, ['fine'], inRegistry);
    const elsewhere = { artifactCollectionName: 'weights' };
    await deleteAliases(wandb, id, ['production'], elsewhere);
    expect(await member(wandb, 'weights:production')).toBeNull();
  });

  test('answers 403 for that, as for anything that a key may not do', async () => {
    const { status, errors } = await graphql(
      wandb,
      'mutation($input: AddAliasesInput!) { addAliases(input: $input) { success } }',
      { input: { artifactID: id, aliases: [{ ...inRegistry, alias: 'production' }] } },
    );
    expect(status).toBe(403);
    expect(errors[0]?.message).toMatch(/permission denied/);
  });

  test('keeps a version whose alias is protected', async () => {
    await wandb.seedArtifacts({
      [`${registry}/model/best`]: { links: [{ to: 'lab/project/weights:v0', aliases: ['production'] }] },
    });
    const denied = /permission denied/;
    const remove = { artifactID: id, deleteAliases: true };
    await expect(mutate(wandb, 'deleteArtifact', remove, 'artifact { id }')).rejects.toThrow(denied);
    const { data } = await graphql<{ project: { artifactCollection: { id: string } } }>(
      wandb,
      '{ project(name: "wandb-registry-model", entityName: "acme-org") { artifactCollection(name: "best") { id } } }',
    );
    const unlink = { artifactID: id, artifactPortfolioID: data.project.artifactCollection.id };
    await expect(mutate(wandb, 'unlinkArtifact', unlink, 'success')).rejects.toThrow(denied);
    expect(await member(wandb, 'best:production', registry)).not.toBeNull();
  });
});
