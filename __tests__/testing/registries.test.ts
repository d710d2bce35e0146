import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { declare, mutate } from './artifact-client.js';
import { graphql, type Nodes, namesOf, nodesOf } from './client.js';

const REGISTRY = 'wandb-registry-model';

describe('registries', () => {
  let wandb: FakeWandb;
  let artifactID: string;
  let datasetID: string;
  beforeAll(async () => {
    wandb = await startFakeWandb({
      organizations: [{ name: 'Acme, Inc.', entity: 'acme-org', teams: ['lab'] }],
    });
    const seeded = await wandb.seedArtifacts({
      'lab/project/model/net': { versions: [{ files: { a: '1' } }, { files: { a: '2' } }] },
      'lab/project/dataset/set': { versions: [{ files: { b: '1' } }] },
    });
    artifactID = seeded['lab/project/model/net']?.versions[0]?.id ?? '';
    datasetID = seeded['lab/project/dataset/set']?.versions[0]?.id ?? '';
  });
  afterAll(() => wandb.close());

  const link = (
    projectName: string,
    artifactPortfolioName: string,
    id = artifactID,
    aliases: string[] = [],
  ) =>
    mutate<{
      versionIndex: number;
      artifactMembership: { artifactCollection: { project: { name: string } } };
    }>(
      wandb,
      'linkArtifact',
      {
        artifactID: id,
        entityName: 'acme-org',
        projectName,
        artifactPortfolioName,
        aliases: aliases.map((alias) => ({ alias, artifactCollectionName: artifactPortfolioName })),
      },
      'versionIndex artifactMembership { artifactCollection { project { name } } }',
    );
  const upsert = (input: object) =>
    mutate<{ inserted: boolean; project: { id: string; artifactTypes: Nodes<{ name: string }> } }>(
      wandb,
      'upsertModel',
      { entityName: 'acme-org', ...input },
      'inserted project { id access allowAllArtifactTypesInRegistry artifactTypes(includeAll: true) { edges { node { name } } } }',
    );
  const ofOrganization = async <Found>(fields: string): Promise<Found> => {
    const { data, errors } = await graphql<{ organization: { orgEntity: Found } }>(
      wandb,
      `{ organization(name: "Acme, Inc.") { orgEntity { ${fields} } } }`,
    );
    if (errors[0]) throw new Error(errors[0].message);
    return data.organization.orgEntity;
  };
  const json = (value: object): string => JSON.stringify(JSON.stringify(value));

  test('are made by the first link into them; a name that no project can have is refused', async () => {
    expect(await link(REGISTRY, 'classifier', artifactID, ['prod'])).toMatchObject({
      versionIndex: 0,
      artifactMembership: { artifactCollection: { project: { name: REGISTRY } } },
    });
    await expect(link('wandb-registry-a/b', 'classifier')).rejects.toThrow(/invalid project name/);
  });

  test('take the types that they were made for', async () => {
    const made = await upsert({
      name: 'wandb-registry-strict',
      access: 'RESTRICTED',
      allowAllArtifactTypesInRegistry: false,
      artifactTypes: [{ name: 'model' }],
    });
    expect(made).toMatchObject({ inserted: true, project: { access: 'RESTRICTED' } });
    expect(namesOf(made.project.artifactTypes)).toEqual(['model']);
    await link('wandb-registry-strict', 'allowed');
    await expect(link('wandb-registry-strict', 'data', datasetID)).rejects.toThrow(
      /no artifacts of type dataset/,
    );
    expect(
      await upsert({ name: 'wandb-registry-strict', artifactTypes: [{ name: 'dataset' }] }),
    ).toMatchObject({
      inserted: false,
    });
    await link('wandb-registry-strict', 'data', datasetID);
  });

  test('are searched with their collections and versions', async () => {
    const wanted = json({ name: { $contains: 'strict' } });
    const { projects } = await ofOrganization<{ projects: Nodes<{ name: string }> }>(
      `projects(filters: ${wanted}, order: "-name") { edges { node { name } } }`,
    );
    expect(namesOf(projects)).toEqual(['wandb-registry-strict']);
    const { artifactCollections } = await ofOrganization<{ artifactCollections: Nodes<{ name: string }> }>(
      `artifactCollections(projectFilters: ${wanted}, order: "-name", collectionTypes: [PORTFOLIO])
       { edges { node { name } } }`,
    );
    expect(namesOf(artifactCollections)).toEqual(['data', 'allowed']);
    const { artifactMemberships } = await ofOrganization<{
      artifactMemberships: Nodes<{ artifactCollection: { name: string } }>;
    }>(
      `artifactMemberships(collectionFilters: ${json({ name: 'classifier' })}, filters: ${json({ alias: 'prod' })})
       { edges { node { versionIndex artifactCollection { name } } } }`,
    );
    expect(nodesOf(artifactMemberships)).toEqual([
      { versionIndex: 0, artifactCollection: { name: 'classifier' } },
    ]);
    await expect(
      ofOrganization(`projects(filters: ${json({ colour: 'red' })}) { edges { node { name } } }`),
    ).rejects.toThrow(/no 'colour'/);
  });

  test('are renamed with what they hold, files of runs too, but not over another', async () => {
    await wandb.seed({ 'acme-org/old/run': { 'a.txt': 'kept' } });
    const rename = (oldProjectName: string, newProjectName: string) =>
      mutate(wandb, 'renameProject', { entityName: 'acme-org', oldProjectName, newProjectName }, 'inserted');
    await rename('old', 'new');
    expect(Buffer.from((await wandb.files('acme-org/new/run'))['a.txt'] ?? '').toString()).toBe('kept');
    await expect(wandb.files('acme-org/old/run')).rejects.toThrow(/no run/);
    await expect(rename('new', REGISTRY)).rejects.toThrow(/already exists/);
  });

  test('a region that the server has no bucket in is refused', async () => {
    await expect(declare(wandb, 'digest', { storageRegion: 'moon-1' })).rejects.toThrow(
      'invalid storageRegion: moon-1',
    );
    expect(await declare(wandb, 'digest', { storageRegion: 'minio-local' })).toMatchObject({
      state: 'PENDING',
    });
  });
});
