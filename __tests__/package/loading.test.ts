import { packageRoot, runWell } from '../helpers/processes.js';
import { startServer } from '../helpers/server.js';

/** Loads the package and reads a file: tells what of the disk was looked at for the first, and whose agent is under `fetch`. */
const program = (load: string, undici: string): string => `
  const fs = require('node:fs');
  const looks = [];
  for (const name of ['statSync', 'lstatSync', 'fstatSync', 'readdirSync', 'readFileSync']) {
    const real = fs[name];
    fs[name] = (...args) => {
      // Node's own loader looks for modules by some of these.
      if (!/^    at .*\\(node:internal/.test(new Error().stack.split('\\n')[2])) looks.push(String(args[0]));
      return real(...args);
    };
  }
  const agents = () => ['1', '2'].map((version) => globalThis[Symbol.for('undici.globalDispatcher.' + version)]);
  (async () => {
    const { createWandbFs } = ${load};
    const loaded = { looks: [...looks], agents: agents().filter(Boolean).length };
    const wandb = createWandbFs({ sync: 'off' });
    const text = await wandb.promises.readFile('team/project/run/a', 'utf8');
    await wandb.wandb.close();
    const { Agent } = ${undici};
    console.log(JSON.stringify({ loaded, text, isReplaced: agents().some((agent) => agent instanceof Agent) }));
  })();`;

test.each([
  ['require', "require('wandb-fs')", "require('undici')"],
  ['import()', "await import('wandb-fs')", "await import('./dist/esm/shared/undici.js')"],
])(
  "loaded by %s the package looks at nothing on the disk, and leaves the process's fetch alone",
  async (_, load, undici) => {
    const server = await startServer();
    await server.seed({ 'team/project/run': { a: 'text' } });
    const env = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey };
    const printed = await runWell(process.execPath, ['--eval', program(load, undici)], {
      cwd: packageRoot,
      env,
    });
    expect(JSON.parse(printed)).toEqual({
      loaded: { looks: [], agents: 0 },
      text: 'text',
      isReplaced: false,
    });
  },
);

/** As in a sandbox that knows nothing of the web. */
const WITHOUT_WEB = `
  for (const name of ['Headers', 'Response', 'Request', 'fetch']) delete globalThis[name];
  const { createWandbFs } = require('wandb-fs');
  (async () => {
    const wandb = createWandbFs({ sync: 'off' });
    console.log(await wandb.promises.readFile('team/project/run/a', 'utf8'));
    await wandb.wandb.close();
  })();`;

test('what a process mounts without a thread reads where there are no Headers, and no fetch', async () => {
  const server = await startServer();
  await server.seed({ 'team/project/run': { a: 'text' } });
  const env = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey };
  const printed = runWell(process.execPath, ['--eval', WITHOUT_WEB], { cwd: packageRoot, env });
  await expect(printed).resolves.toBe('text\n');
});

/** Mounts without a thread, waits until nothing is on its way, uses up the file descriptors but a few, and reads. */
const EXHAUSTED = `
  const fs = require('node:fs');
  import('wandb-fs').then(({ createWandbFs }) => {
    const wandb = createWandbFs({ sync: 'off' });
    process.once('beforeExit', async () => {
      const fds = [];
      try {
        for (;;) fds.push(fs.openSync('package.json', 'r'));
      } catch {
        for (const fd of fds.slice(0, 3)) fs.closeSync(fd);
      }
      console.log(await wandb.promises.readFile('team/project/run/a', 'utf8'));
      await wandb.wandb.close();
    });
  });`;

test('what a process mounts without a thread works in it when its file descriptors are used up later', async () => {
  const server = await startServer();
  await server.seed({ 'team/project/run': { a: 'text' } });
  const env = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey };
  const args = ['-c', 'ulimit -n 100; exec "$0" --eval "$1"', process.execPath, EXHAUSTED];
  await expect(runWell('sh', args, { cwd: packageRoot, env })).resolves.toBe('text\n');
});
