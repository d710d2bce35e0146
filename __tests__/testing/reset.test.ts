import { createWandbFs } from 'wandb-fs';
import { startFakeWandb } from 'wandb-fs/testing';
import { worldDirectory } from '../../__fixtures__/index.js';
import { packageRoot, run } from '../helpers/processes.js';
import { STANDARD, startServer } from '../helpers/server.js';

const mount = ({ url, apiKey }: { url: string; apiKey: string }) => createWandbFs({ baseUrl: url, apiKey });

describe('a server that is reset', () => {
  test('has nothing of what was seeded, written and asked, and no faults', async () => {
    const server = await startServer(STANDARD);
    await server.seed({ 'lab/project/run': { 'a.txt': 'text' } });
    await server.seedArtifacts({
      'lab/project/dataset/flowers': { versions: [{ files: { 'a.txt': 'text' } }] },
    });
    const fs = mount(server);
    await fs.promises.writeFile('/lab/project/run/b.txt', 'text');
    await fs.wandb.close();
    await server.faults([{ status: 500 }]);
    await server.reset();
    expect(await server.requests()).toEqual([]);
    expect(await server.faults()).toEqual([]);
    await expect(server.files('lab/project/run')).rejects.toThrow("There is no run 'lab/project/run'");
    await expect(server.artifactFiles('lab/project/flowers')).rejects.toThrow();
    const next = mount(server);
    expect(await next.promises.readdir('/')).toEqual(['viewer']);
    await next.wandb.close();
  });

  test('keeps its address and its key, and takes what is seeded anew', async () => {
    const server = await startServer(STANDARD);
    await server.seed({ 'lab/project/run': { 'a.txt': 'old' } });
    await server.reset();
    await server.seed({ 'lab/project/run': { 'a.txt': 'new' } });
    const fs = mount(server);
    expect(await fs.promises.readFile('/lab/project/run/a.txt', 'utf8')).toBe('new');
    await fs.wandb.close();
  });

  test('has the world that it was started with', async () => {
    const server = await startServer({ ...STANDARD, world: worldDirectory });
    const fs = mount(server);
    const before = await fs.promises.readdir('/', { recursive: true });
    await fs.promises.mkdir('/viewer/p/r', { recursive: true });
    await fs.wandb.close();
    await server.reset();
    const next = mount(server);
    expect(await next.promises.readdir('/', { recursive: true })).toEqual(before);
    await next.wandb.close();
  });

  test('answers requests that had come before in the state that they came to', async () => {
    const server = await startServer(STANDARD);
    await server.seed({ 'lab/project/run': { 'a.txt': 'old' } });
    await server.faults([{ match: { side: 'storage' }, delayMs: 200 }]);
    const fs = mount(server);
    const read = fs.promises.readFile('/lab/project/run/a.txt', 'utf8');
    while (!(await server.requests()).some(({ side }) => side === 'storage'));
    await server.reset();
    expect(await read).toBe('old');
    expect(await server.requests()).toEqual([]);
    await fs.wandb.close();
  });
});

test('a server that holds no process ends with it, and its calls are waited for', async () => {
  const program = `
    import { startFakeWandb } from 'wandb-fs/testing';
    const server = await startFakeWandb();
    server.unref();
    await server.seed({ 'lab/project/run': { 'a.txt': 'text' } });
    console.log(Object.keys(await server.files('lab/project/run')));
  `;
  const ended = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: packageRoot });
  expect(ended).toEqual({ exitCode: 0, stderr: '', stdout: "[ 'a.txt' ]\n" });
});

test('a reset takes less than half of a start', async () => {
  const begun = performance.now();
  await using server = await startFakeWandb();
  const start = performance.now() - begun;
  const resets: number[] = [];
  for (let i = 0; i < 20; i += 1) {
    await server.seed({ 'lab/project/run': { 'a.txt': 'text' } });
    const before = performance.now();
    await server.reset();
    resets.push(performance.now() - before);
  }
  // The quickest: other tests of the same machine take their time meanwhile.
  expect(Math.min(...resets)).toBeLessThan(start / 2);
});
