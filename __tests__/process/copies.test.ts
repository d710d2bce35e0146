import type { FakeWandb } from 'wandb-fs/testing';
import { startServer } from '../helpers/server.js';
import { makeRun } from '../semantics/helpers/mounts.js';
import { runScript } from './scripts.js';

let server: FakeWandb;
let run: string;
beforeAll(async () => {
  server = await startServer();
  run = await makeRun(server, { 'file.txt': 'content' });
});

/** Loads the package anew, as test runners do for each test file, and as `jest.resetModules()` does within one. */
const LOADING = `
  const { createRequire } = await import('node:module');
  const require = createRequire(process.cwd() + '/script.cjs');
  const copy = () => {
    for (const file of Object.keys(require.cache)) if (file.includes('dist/cjs')) delete require.cache[file];
    return require('wandb-fs').createWandbFs();
  };
  const EVENTS = ['beforeExit', 'exit', 'SIGTERM', 'SIGINT', 'SIGHUP'];
  // Node has one of its own, for the script's top-level await.
  const before = EVENTS.map((event) => process.listenerCount(event));
  const hooks = () => EVENTS.map((event, index) => process.listenerCount(event) - before[index]).join(' ');
  const handlers = (globalThis[Symbol.for('EVENT_HANDLERS')] = []);
  const copies = Array.from({ length: 3 }, copy);`;

test('many copies of the package in one process hook into its end once, and let go of it', async () => {
  const { exitCode, stdout, stderr } = await runScript(
    server,
    run,
    `${LOADING}
     for (const each of copies) each.readFileSync(RUN + '/file.txt');
     for (const each of copies) each.writeFileSync(RUN + '/written.txt', 'written');
     console.log(hooks());
     for (const each of copies) await each.wandb.flush();
     console.log(hooks());
     for (const each of copies) await each.wandb.close();
     console.log(hooks());`,
    { writebackDelay: 50_000 },
  );
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 0,
    // 'exit' twice: before all other listeners, and behind those that were there.
    stdout: '1 2 1 1 1\n1 2 0 0 0\n0 0 0 0 0\n',
    stderr: '',
  });
});

test('a test runner is asked once to wait for all copies that a test file has loaded', async () => {
  const { exitCode, stdout, stderr } = await runScript(
    server,
    run,
    `${LOADING}
     copies.forEach((each, index) => each.writeFileSync(RUN + '/copy-' + index, String(index)));
     console.log(handlers.length);
     await handlers[0]({ name: 'run_finish' });
     const shown = async () => (await fs.promises.readdir(RUN)).filter((name) => name.startsWith('copy-')).length;
     // A server may show what it has taken a moment later.
     while ((await shown()) < 3) fs.wandb.refresh(RUN);
     console.log(await shown());
     process.exit();`,
    { writebackDelay: 50_000 },
  );
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '1\n3\n', stderr: '' });
});
