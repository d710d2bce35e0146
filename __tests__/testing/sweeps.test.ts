import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { mutate } from './artifact-client.js';
import { graphql } from './client.js';

interface Command {
  readonly type: string;
  readonly run_id: string;
  readonly args: Readonly<Record<string, { readonly value: unknown }>>;
}

describe('a sweep', () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb();
    await wandb.seed({ 'lab/project': {} });
  });
  afterAll(() => wandb.close());

  const make = async (config: string): Promise<{ id: string; name: string }> => {
    const input = { config, entityName: 'lab', projectName: 'project' };
    const made = await mutate<{ sweep: { id: string; name: string } }>(
      wandb,
      'upsertSweep',
      input,
      'inserted sweep { id name state method runCountExpected }',
    );
    return made.sweep;
  };
  const join = async (sweep: string): Promise<string> => {
    const input = { host: 'here', sweep, entityName: 'lab', projectName: 'project' };
    const { agent } = await mutate<{ agent: { id: string } }>(wandb, 'createAgent', input, 'agent { id }');
    return agent.id;
  };
  const beat = async (id: string, busyWith?: string): Promise<Command[]> => {
    const input = { id, metrics: '{}', runState: JSON.stringify(busyWith ? { [busyWith]: true } : {}) };
    const { commands } = await mutate<{ commands: string }>(wandb, 'agentHeartbeat', input, 'commands');
    return JSON.parse(commands);
  };
  const valuesOf = ({ args }: Command) =>
    Object.fromEntries(Object.entries(args).map(([name, { value }]) => [name, value]));

  test('gives each point of a grid to one of its agents, then ends', async () => {
    const { name } = await make('method: grid\nparameters:\n  x: {values: [1, 2]}\n  y: {values: [a, b]}\n');
    const agents = [await join(name), await join(name)];
    const given: unknown[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const [command] = await beat(agents[turn % 2] ?? '');
      expect(command?.type).toBe('run');
      if (command) given.push(valuesOf(command));
    }
    expect(given).toEqual([
      { x: 1, y: 'a' },
      { x: 2, y: 'a' },
      { x: 1, y: 'b' },
      { x: 2, y: 'b' },
    ]);
    expect(await beat(agents[0] ?? '')).toEqual([{ type: 'exit' }]);
  });

  test('lets an agent finish its run, waits while it is paused, and tells when it was cancelled', async () => {
    const { id, name } = await make(
      'method: random\nparameters: {x: {min: 1, max: 9}, y: {min: 0.5, max: 0.6}}',
    );
    const agent = await join(name);
    const [command] = await beat(agent);
    const { x, y } = command ? valuesOf(command) : {};
    expect(x).toBe(Math.round(Number(x)));
    expect(y).toBeGreaterThanOrEqual(0.5);
    expect(y).toBeLessThanOrEqual(0.6);
    expect(await beat(agent, command?.run_id)).toEqual([]);
    const change = (state: string) => mutate(wandb, 'upsertSweep', { id, state }, 'sweep { state }');
    await change('PAUSED');
    expect(await beat(agent)).toEqual([]);
    await change('CANCELED');
    expect(await beat(agent)).toEqual([{ type: 'exit' }]);
  });

  test.each([
    ['method: bayes\nparameters: {x: {values: [1]}}', /not by 'bayes'/],
    ['method: random\nparameters: {x: {min: 1, max: 2, distribution: beta}}', /doesn't draw 'x' by beta/],
    ['method: grid\nparameters: {x: {min: 1, max: 2}}', /needs the values of the parameter 'x'/],
    ['method: grid', /no parameters/],
    ['a: b: c', /not YAML/],
  ])('is refused where no run could be made of it: %j', async (config, message) => {
    await expect(make(config)).rejects.toThrow(message);
  });

  test('is one of its project, and an agent of none is not found', async () => {
    const { data } = await graphql<{ project: { totalSweeps: number } }>(
      wandb,
      '{ project(name: "project", entityName: "lab") { totalSweeps sweep(sweepName: "none") { id } } }',
    );
    expect(data.project).toEqual({ totalSweeps: 2, sweep: null });
    await expect(join('none')).rejects.toThrow('sweep none not found');
    await expect(beat('none')).rejects.toThrow('agent none not found');
  });
});
