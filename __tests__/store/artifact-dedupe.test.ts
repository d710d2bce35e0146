import { Bench, counted, FLOWERS, PROJECT } from './helpers/artifacts.js';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => bench[Symbol.asyncDispose]());

test('the same content again makes no version, and costs two requests', async () => {
  const first = await bench.commit({ a: '1' });
  let again: typeof first | undefined;
  const requests = await bench.requestsOf(async () => {
    again = await bench.commit({ a: '1' });
  });
  expect(again).toEqual({ ...first, deduplicated: true });
  expect(counted(requests)).toEqual({ FindCollection: 1, CreateArtifact: 1 });
  expect(await bench.versions()).toEqual({ v0: ['latest'] });
});

test('aliases that are asked for stand on the version that was there', async () => {
  await bench.commit({ a: '1' });
  const again = await bench.commit({ a: '1' }, { aliases: ['prod'] });
  expect(again).toMatchObject({ version: 'v0', deduplicated: true });
  expect([...again.aliases].sort()).toEqual(['latest', 'prod']);
  expect(again.entries.map(({ path }) => path)).toContain(`${FLOWERS}/prod`);
});

test('they are set where the server only says that the version is there', async () => {
  await bench.commit({ a: '1' });
  // As a server that doesn't apply the aliases of a creation: what it answers shows none.
  const { project } = await bench.query<{ project: { artifact: { id: string } } }>(
    'query Id { project(name: "project", entityName: "lab") { artifact(name: "flowers:v0") { id } } }',
  );
  const facts = {
    id: project.artifact.id,
    state: 'COMMITTED',
    digest: 'd',
    versionIndex: 0,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: null,
    artifactSequence: { id: 's', latestArtifact: null },
    aliases: [],
  };
  await bench.wandb.faults([
    {
      match: { operation: 'CreateArtifact' },
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ data: { createArtifact: { artifact: facts } } }),
    },
  ]);
  const requests = await bench.requestsOf(() => bench.commit({ a: '1' }, { aliases: ['prod'] }));
  expect(counted(requests)).toMatchObject({ AddAliases: 1, FindArtifact: 1 });
  expect(await bench.versions()).toEqual({ v0: ['latest', 'prod'] });
});

test("what an older version has isn't made again either", async () => {
  await bench.commit({ a: '1' });
  await bench.commit({ a: '2' });
  const back = await bench.commit({ a: '1' });
  expect(back).toMatchObject({ version: 'v0', deduplicated: true });
  expect(await bench.versions()).toEqual({ v0: ['latest'], v1: [] });
});

test('the same content in another collection is another version', async () => {
  await bench.commit({ a: '1' });
  const other = await bench.commit({ a: '1' }, {}, `${PROJECT}/dataset/roses`);
  expect(other).toMatchObject({ version: 'v0', deduplicated: false });
});

test('content that any version of the collection has is not sent again, under whatever name', async () => {
  const first = await bench.commit({ a: 'same', b: 'other' });
  const requests = await bench.requestsOf(() => bench.commit({ moved: 'same', 'x/b': 'other' }));
  expect(counted(requests)).not.toHaveProperty('PUT content');
  const { contents } = await bench.manifest('flowers:v1');
  expect(contents.moved).toMatchObject({ birthArtifactID: first.id });
  expect(await bench.files()).toEqual({ moved: 'same', 'x/b': 'other' });
});
