import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { mutate } from './artifact-client.js';
import { graphql, stream } from './client.js';

describe('the state of a run', () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb();
    await wandb.seed({ 'lab/project/run': {} }, { state: 'running' });
  });
  afterAll(() => wandb.close());

  const run = async (): Promise<{ id: string; state: string; stopped: boolean }> => {
    const { data } = await graphql<{ project: { run: { id: string; state: string; stopped: boolean } } }>(
      wandb,
      '{ project(name: "project", entityName: "lab") { run(name: "run") { id state stopped } } }',
    );
    return data.project.run;
  };

  test('is changed where the service lets it', async () => {
    const { id } = await run();
    const change = (state: string) => mutate(wandb, 'updateRunState', { id, state }, 'success');
    expect(await change('failed')).toEqual({ success: true });
    await change('pending');
    expect(await run()).toMatchObject({ state: 'pending' });
    await expect(change('finished')).rejects.toThrow("it can't be finished");
    await expect(change('pending')).rejects.toThrow("is pending: it can't be pending");
  });

  test('may be asked to end: the run hears of it with its next post', async () => {
    const { id } = await run();
    expect(await (await stream(wandb, 'lab/project/run', {})).json()).toEqual({});
    await mutate(wandb, 'stopRun', { id }, 'success');
    expect(await run()).toMatchObject({ stopped: true });
    expect(await (await stream(wandb, 'lab/project/run', {})).json()).toEqual({ stopped: true });
  });

  test('goes with the run: it is deleted twice, as the service lets, but not what never was one', async () => {
    const { id } = await run();
    const remove = (which: string) => mutate(wandb, 'deleteRun', { id: which }, 'clientMutationId');
    await remove(id);
    await remove(id);
    await expect(remove('UnVuOm5vbmU=')).rejects.toThrow('run not found');
  });
});
