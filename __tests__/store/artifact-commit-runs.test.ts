import { Bench, PROJECT } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';

let bench: Bench;
afterEach(() => bench[Symbol.asyncDispose]());

describe('a version is logged', () => {
  const createdBy = async (id: string) => {
    const { artifact } = await bench.query<{
      artifact: { createdBy: { name: string; jobType: string | null; state: string } };
    }>('query By($id: ID!) { artifact(id: $id) { createdBy { ... on Run { name jobType state } } } }', {
      id,
    });
    return artifact.createdBy;
  };
  beforeEach(async () => {
    bench = await Bench.start();
  });

  test('by the run that is named', async () => {
    const { id } = await bench.commit({ a: '1' }, { runId: 'seeded' });
    expect((await createdBy(id)).name).toBe('seeded');
  });

  test('by a finished run of job type auto without one, the same for all of a store', async () => {
    const first = await bench.commit({ a: '1' });
    const second = await bench.commit({ a: '2' }, {}, `${PROJECT}/model/rose`);
    const run = await createdBy(first.id);
    expect(run).toMatchObject({ jobType: 'auto', state: 'finished' });
    expect(run.name).toMatch(/^[a-z0-9]{8}$/);
    expect((await createdBy(second.id)).name).toBe(run.name);
  });

  test('beside the end of that run, which is waited for', async () => {
    await bench.wandb.faults([{ match: { path: /file_stream/ }, delayMs: 200 }]);
    const requests = await bench.requestsOf(async () => {
      const { id } = await bench.commit({ a: '1' });
      expect((await createdBy(id)).state).toBe('finished');
    });
    expect(requests.find(({ operation }) => operation === 'CreateArtifact')?.inFlight).toBe(2);
  });

  test('or fails to be, but not without the end of that run', async () => {
    await bench.wandb.faults([
      { match: { path: /file_stream/ }, delayMs: 200 },
      { match: { operation: 'CreateArtifact' }, status: 403 },
    ]);
    const requests = await bench.requestsOf(() => failureOf(bench.commit({ a: '1' })));
    expect(requests.some(({ path, status }) => path.includes('file_stream') && status === 200)).toBe(true);
  });

  test('by a run of its own whatever becomes of those of others', async () => {
    await bench.wandb.faults([{ match: { operation: 'CreateRun' }, delayMs: 300, status: 403, times: 9 }]);
    const other = failureOf(bench.commit({ a: '1' }, {}, `${PROJECT}/model/rose`));
    expect((await bench.commit({ a: '1' }, { runId: 'seeded' })).version).toBe('v0');
    expect((await other).code).toBe('EACCES');
  });

  test('by another auto run when that was deleted', async () => {
    const first = await bench.commit({ a: '1' });
    const before = await createdBy(first.id);
    const { project } = await bench.query<{ project: { run: { id: string } } }>(
      'query Id($name: String!) { project(name: "project", entityName: "lab") { run(name: $name) { id } } }',
      { name: before.name },
    );
    await bench.query('mutation Del($id: ID!) { deleteRun(input: { id: $id }) { clientMutationId } }', {
      id: project.run.id,
    });
    const second = await bench.commit({ a: '2' });
    expect(second.version).toBe('v1');
    expect((await createdBy(second.id)).name).not.toBe(before.name);
  });

  test('by no run that is not there: ENOENT, and nothing is made', async () => {
    const failure = await failureOf(bench.commit({ a: '1' }, { runId: 'nowhere' }));
    expect(failure.code).toBe('ENOENT');
    expect(await bench.versions()).toEqual({});
  });
});
