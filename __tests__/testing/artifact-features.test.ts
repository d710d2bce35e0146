import { ARTIFACT_FEATURES, type FakeWandb, RUN_FEATURES, startFakeWandb } from '../../src/testing/index.js';
import { graphql } from './client.js';

/** What clients ask only of servers that say they have it. */
const fields: readonly (readonly [string, string])[] = [
  ['ARTIFACT_DIGEST_ALGORITHM', '{ artifact(id: "x") { digestAlgorithm } }'],
  [
    'ARTIFACT_DIGEST_ALGORITHM',
    `mutation { createArtifactFiles(input: { artifactFiles: [], storageLayout: V2, digestAlgorithm: MANIFEST_MD5 }) {
       files { edges { cursor } } } }`,
  ],
  [
    'ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE',
    'mutation { linkArtifact(input: { artifactID: "x" }) { artifactMembership { id } } }',
  ],
  ['TOTAL_COUNT_IN_FILE_CONNECTION', '{ artifact(id: "x") { files { totalCount } } }'],
  [
    'USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION',
    `mutation { useArtifact(input: { artifactID: "x", entityName: "e", projectName: "p", runName: "r",
       artifactEntityName: "e", artifactProjectName: "p" }) { artifact { id } } }`,
  ],
  [
    'ARTIFACT_COLLECTIONS_FILTERING_SORTING',
    '{ project(name: "p") { artifactCollections(filters: "{}") { edges { cursor } } } }',
  ],
];

describe('features', () => {
  test.each(fields)('without %s its fields are unknown, with it they are not: %s', async (feature, query) => {
    const answer = async (features: readonly string[]) => {
      await using wandb = await startFakeWandb({ features });
      return await graphql(wandb, query);
    };
    const without = await answer([...RUN_FEATURES, ...ARTIFACT_FEATURES].filter((name) => name !== feature));
    expect(without.status).toBe(400);
    expect(without.errors[0]?.message).toMatch(/Cannot query field|is not defined by type|Unknown argument/);
    expect((await answer([feature])).status).not.toBe(400);
  });

  const count = async (wandb: FakeWandb) => {
    await wandb.seedArtifacts({ 'lab/project/dataset/flowers': {} });
    const { data, errors } = await graphql<{ project: { artifactCollections: unknown } | null }>(
      wandb,
      '{ project(name: "project", entityName: "lab") { artifactCollections { totalCount } } }',
    );
    return errors[0]?.message ?? data.project?.artifactCollections;
  };

  test("without ARTIFACT_COLLECTIONS_FILTERING_SORTING a project's collections aren't counted", async () => {
    await using older = await startFakeWandb({ features: [] });
    expect(await count(older)).toMatch(/aren't counted/);
    await using newer = await startFakeWandb();
    expect(await count(newer)).toEqual({ totalCount: 1 });
  });

  test('XXH128 digests are on for entities where the server has them', async () => {
    const query = '{ entity { xxhashDigestsEnabled } }';
    await using usual = await startFakeWandb();
    expect((await graphql(usual, query)).data).toEqual({ entity: { xxhashDigestsEnabled: false } });
    await using newest = await startFakeWandb({ features: ['ARTIFACT_DIGEST_ALGORITHM'] });
    expect((await graphql(newest, query)).data).toEqual({ entity: { xxhashDigestsEnabled: true } });
  });

  test('are reported', async () => {
    await using wandb = await startFakeWandb();
    const { data } = await graphql<{ serverInfo: { features: { name: string; isEnabled: boolean }[] } }>(
      wandb,
      '{ serverInfo { features { name isEnabled } } }',
    );
    expect(data.serverInfo.features.map(({ name }) => name)).toEqual([...RUN_FEATURES, ...ARTIFACT_FEATURES]);
  });
});
