import { request } from 'node:http';
import { startFakeWandb } from 'wandb-fs/testing';
import { packageRoot, run } from '../helpers/processes.js';

describe('a server that was closed', () => {
  test('leaves nothing to the next one in its thread', async () => {
    const first = await startFakeWandb();
    await first.seed({ 'lab/project/run': { 'a.txt': 'text' } });
    await first.faults([{ status: 500 }]);
    await first.close();
    const second = await startFakeWandb({ apiKey: 'k'.repeat(40) });
    expect(await second.requests()).toEqual([]);
    expect(await second.faults()).toEqual([]);
    await expect(second.files('lab/project/run')).rejects.toThrow("There is no run 'lab/project/run'");
    expect(second.apiKey).toBe('k'.repeat(40));
    await second.close();
  });

  test('answers no more, neither over HTTP nor to its own calls', async () => {
    const server = await startFakeWandb();
    const { url } = server;
    await server.close();
    const next = await startFakeWandb();
    await expect(answer(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(server.requests()).rejects.toThrow('The local W&B server was closed.');
    await server.close();
    await next.seed({ 'lab/project/run': {} });
    await next.close();
  });

  test('can be one that could not start', async () => {
    const first = await startFakeWandb();
    const port = Number(new URL(first.url).port);
    await expect(startFakeWandb({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
    const second = await startFakeWandb({ port });
    await second.close();
  });

  test('many, one after another and at once, warn of nothing and keep no process', async () => {
    const program = `
      import { startFakeWandb } from 'wandb-fs/testing';
      for (let i = 0; i < 15; i += 1) await (await startFakeWandb()).close();
      const servers = await Promise.all([1, 2, 3].map(() => startFakeWandb()));
      await Promise.all(servers.map((server) => server.close()));
      console.log(new Set(servers.map((server) => server.url)).size);
    `;
    const ended = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: packageRoot });
    expect(ended).toEqual({ exitCode: 0, stderr: '', stdout: '3\n' });
  });
});

function answer(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request(url, resolve).once('error', reject).end();
  });
}
