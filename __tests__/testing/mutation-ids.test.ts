import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { mutate } from './artifact-client.js';

let wandb: FakeWandb;
beforeAll(async () => {
  wandb = await startFakeWandb();
  await wandb.seedArtifacts({ 'lab/project/dataset/flowers': {} });
});
afterAll(() => wandb.close());

const run = { entityName: 'lab', modelName: 'project', name: 'run' };
const tag = {
  entityName: 'lab',
  projectName: 'project',
  artifactCollectionName: 'flowers',
  tagName: 'plants',
};

test.each([
  ['upsertBucket', run, 'clientMutationId'],
  ['createArtifactCollectionTagAssignment', tag, 'clientMutationID'],
])('%s tells which request it answers, where that says so', async (field, input, spelling) => {
  expect(await mutate(wandb, field, { ...input, [spelling]: 'one' }, spelling)).toEqual({
    [spelling]: 'one',
  });
  expect(await mutate(wandb, field, input, spelling)).toEqual({ [spelling]: null });
});
