import { useFakeWandb } from 'wandb-fs/testing';

type Run = () => void | Promise<void>;

/** A runner that isn't known: its hooks are kept, and run by the test. */
function ownRunner() {
  const runs: Record<'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll', Run[]> = {
    beforeAll: [],
    beforeEach: [],
    afterEach: [],
    afterAll: [],
  };
  const hooks = {
    beforeAll: (run: Run) => runs.beforeAll.push(run),
    beforeEach: (run: Run) => runs.beforeEach.push(run),
    afterEach: (run: Run) => runs.afterEach.push(run),
    afterAll: (run: Run) => runs.afterAll.push(run),
  };
  const run = async (name: keyof typeof runs): Promise<void> => {
    for (const each of runs[name]) await each();
  };
  return { hooks, run };
}

describe('useFakeWandb with the hooks of another runner', () => {
  test('starts, resets and ends with them, and gives the environment back', async () => {
    const before = process.env.WANDB_BASE_URL;
    const { hooks, run } = ownRunner();
    const wandb = useFakeWandb({ hooks });
    expect(() => wandb.url).toThrow('The server is started before the first test');
    await expect(wandb.seed({})).rejects.toThrow('The server is started before the first test');
    await run('beforeAll');
    expect(process.env.WANDB_BASE_URL).toBe(wandb.url);
    await run('beforeEach');
    await wandb.fs().promises.mkdir('/viewer/project/run', { recursive: true });
    await run('afterEach');
    await run('beforeEach');
    expect(await wandb.fs().promises.readdir('/viewer')).toEqual([]);
    await run('afterEach');
    await run('afterAll');
    expect(process.env.WANDB_BASE_URL).toBe(before);
    expect(() => wandb.url).toThrow('ends behind the last one');
  });

  test('keeps objects that are made outside of tests until the last one has ended', async () => {
    const { hooks, run } = ownRunner();
    const wandb = useFakeWandb({ hooks, seed: { 'lab/project/run': { 'a.txt': 'text' } } });
    await run('beforeAll');
    const fs = wandb.fs();
    for (const name of ['b.txt', 'c.txt']) {
      await run('beforeEach');
      expect(await fs.promises.readdir('/lab/project/run')).toEqual(['a.txt']);
      await fs.promises.writeFile(`/lab/project/run/${name}`, 'text');
      await expect(run('afterEach')).rejects.toThrow(`  /lab/project/run/${name}\n`);
      fs.unlinkSync(`/lab/project/run/${name}`);
    }
    await run('afterAll');
    await expect(fs.promises.readdir('/lab/project/run')).rejects.toThrow('closed');
  });

  test('gives the environment back when two of them end in the order in which they began', async () => {
    const before = process.env.WANDB_BASE_URL;
    const [first, second] = [ownRunner(), ownRunner()];
    const [one, two] = [useFakeWandb({ hooks: first.hooks }), useFakeWandb({ hooks: second.hooks })];
    await first.run('beforeAll');
    await second.run('beforeAll');
    expect(process.env.WANDB_BASE_URL).toBe(two.url);
    expect(one.url).not.toBe(two.url);
    await first.run('afterAll');
    expect(process.env.WANDB_BASE_URL).toBe(two.url);
    await second.run('afterAll');
    expect(process.env.WANDB_BASE_URL).toBe(before);
  });

  test('leaves the environment as it is where the server can not be seeded', async () => {
    const before = process.env.WANDB_BASE_URL;
    const { hooks, run } = ownRunner();
    useFakeWandb({ hooks, seed: { 'lab/project': { 'a.txt': 'text' } } });
    await expect(run('beforeAll')).rejects.toThrow("Can't seed files into 'lab/project'");
    await run('afterAll');
    expect(process.env.WANDB_BASE_URL).toBe(before);
  });

  test('closes nothing of the next test where a runner has not waited for the end of one', async () => {
    const { hooks, run } = ownRunner();
    const wandb = useFakeWandb({ hooks, seed: { 'lab/project/run': { 'a.txt': 'text' } } });
    await run('beforeAll');
    await run('beforeEach');
    const fs = wandb.fs();
    await wandb.faults([{ match: { method: 'PUT' }, delayMs: 200 }]);
    await fs.promises.writeFile('/lab/project/run/b.txt', 'text');
    fs.wandb.flush().catch(() => {});
    while (!(await wandb.requests()).some(({ method }) => method === 'PUT'));
    const ending = Promise.allSettled([run('afterEach')]);
    await run('beforeEach');
    const next = wandb.fs();
    await ending;
    await expect(fs.promises.readdir('/lab/project/run')).rejects.toThrow('closed');
    expect(await next.promises.readdir('/lab/project/run')).toContain('a.txt');
    await run('afterEach');
    await run('afterAll');
  });

  test('needs all four of them', () => {
    const { hooks } = ownRunner();
    const { afterEach: _, ...some } = hooks;
    expect(() => useFakeWandb({ hooks: some as typeof hooks })).toThrow(TypeError);
  });
});
