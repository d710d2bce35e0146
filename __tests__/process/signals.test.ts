import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environment, packageRoot, UNOPTIMISED } from '../helpers/processes.js';
import { useServer } from '../helpers/server.js';
import { makeRun } from '../semantics/helpers/mounts.js';
import { contentOn } from '../semantics/helpers/waiting.js';

const server = useServer({ finalize: 'put' });
let run: string;
beforeEach(async () => {
  run = await makeRun(server);
});

/** Writes a file, which waits for a minute to be uploaded, and stays; a signal ends it. Resolves with the signal. */
async function ended(signal: NodeJS.Signals, options: object, more = ''): Promise<NodeJS.Signals | null> {
  const script = `
    import { createWandbFs } from 'wandb-fs';
    const fs = createWandbFs(${JSON.stringify({ writebackDelay: 60_000, ...options })});
    await fs.promises.writeFile('${run}/file', 'content');
    ${more}
    setInterval(() => {}, 1000);
    console.log('ready');`;
  const child = spawn(process.execPath, [...UNOPTIMISED, '--input-type=module', '--eval', script], {
    cwd: packageRoot,
    env: environment({ WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill(signal);
  const [, by] = await once(child, 'close');
  return by;
}

test('a signal ends the process after what waits was uploaded, and by that very signal', async () => {
  expect(await ended('SIGTERM', {})).toBe('SIGTERM');
  expect(await contentOn(server, run, 'file')).toBe('content');
});

test('without a thread of its own, too', async () => {
  expect(await ended('SIGINT', { sync: 'off' })).toBe('SIGINT');
  expect(await contentOn(server, run, 'file')).toBe('content');
});

test('with `exitSignals: false` it ends the process at once', async () => {
  expect(await ended('SIGTERM', { exitSignals: false })).toBe('SIGTERM');
  expect(await contentOn(server, run, 'file')).toBeUndefined();
});

test('a process with nothing pending listens to no signal', async () => {
  const check = `await fs.wandb.flush(); if (process.listenerCount('SIGTERM') > 0) process.exit(9);`;
  expect(await ended('SIGTERM', {}, check)).toBe('SIGTERM');
});
