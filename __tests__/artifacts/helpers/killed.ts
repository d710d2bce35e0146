import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { FakeWandb } from 'wandb-fs/testing';
import { packageRoot } from '../../helpers/processes.js';

/** A process that commits to a collection, killed while its last request doesn't get through. */
export async function killWhileCommitting(server: FakeWandb, collection: string): Promise<void> {
  await server.faults([{ match: { operation: 'CommitArtifact' }, drop: 'before', times: 1000 }]);
  await server.requests({ clear: true });
  const script = `
    import { createWandbArtifactFs } from 'wandb-fs';
    const fs = createWandbArtifactFs();
    fs.mkdirSync('/${collection}/draft');
    fs.writeFileSync('/${collection}/draft/a.txt', 'from a process that dies');
    await fs.wandb.commit('/${collection}/draft');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: packageRoot,
    env: { ...process.env, WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey },
    stdio: 'inherit',
  });
  const exited = once(child, 'exit');
  while (!(await server.requests()).some(({ operation }) => operation === 'CommitArtifact')) {
    if (child.exitCode !== null) throw new Error('The process ended before it committed.');
    await setTimeout(10);
  }
  child.kill('SIGKILL');
  await exited;
  await server.faults([]);
}
