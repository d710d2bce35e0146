import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FakeWandb } from 'wandb-fs/testing';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, run } from '../helpers/processes.js';
import { startServer } from '../helpers/server.js';
import { prelude, runWithTree, seedTrees, TREES } from './trees.js';

let server: FakeWandb;
beforeAll(async () => {
  server = await startServer();
  await seedTrees(server);
});
afterEach(() => server.faults([]));

interface Told {
  readonly code: string;
  readonly message: string;
  readonly ms: number;
}

/** What a script that must end well prints, as JSON. */
async function printedBy(...args: Parameters<typeof runWithTree>): Promise<Told[]> {
  const { exitCode, stdout, stderr } = await runWithTree(...args);
  if (exitCode !== 0 || stderr !== '') throw new Error(`It ended with ${exitCode}.\n${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

const READS = `[
  fs.readFileSync(FILE, 'utf8'),
  fs.statSync(OTHER).size,
  fs.readdirSync(FILE.slice(0, FILE.lastIndexOf('/'))),
  fs.existsSync(FILE + '.missing'),
  (() => { const fd = fs.openSync(OTHER); const bytes = Buffer.alloc(3); fs.readSync(fd, bytes, 0, 3, 2); fs.closeSync(fd); return String(bytes); })(),
]`;
const SEEN = ['content', 5, ['file.txt', 'other.txt'], false, 'her'];

/** The threads that a script starts from here on, in `threads`. */
const capturing = `
  const { createRequire, syncBuiltinESMExports } = await import('node:module');
  const node = createRequire(process.cwd() + '/script')('node:worker_threads');
  const threads = [];
  node.Worker = class extends node.Worker {
    constructor(...args) { super(...args); threads.push(this); }
  };
  syncBuiltinESMExports();`;

describe.each(TREES)('blocking calls on a cold cache: $name', (tree) => {
  test('in the main thread', async () => {
    expect(await printedBy(server, tree, `console.log(JSON.stringify(${READS}));`)).toEqual(SEEN);
  });

  test('in a worker_thread, and in its parent meanwhile', async () => {
    const script = `
      import { Worker } from 'node:worker_threads';
      const code = \`
        const { ${tree.create} } = require('wandb-fs');
        const { parentPort } = require('node:worker_threads');
        ${prelude(tree).replaceAll('`', '\\`')}
        parentPort.postMessage(${READS});\`;
      const workers = Array.from({ length: 3 }, () => new Worker(code, { eval: true, execArgv: [] }));
      const answers = workers.map((worker) => new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject)));
      const here = ${READS};
      console.log(JSON.stringify([here, ...(await Promise.all(answers))]));`;
    expect(await printedBy(server, tree, script)).toEqual([SEEN, SEEN, SEEN, SEEN]);
  });

  test.each([
    ['CommonJS', 'test.js', [], `const { ${tree.create} } = require('wandb-fs');`],
    [
      'ESM',
      'test.mjs',
      ['--experimental-vm-modules', '--no-warnings'],
      `import { ${tree.create} } from 'wandb-fs';`,
    ],
  ])('inside Jest, %s, with the server in the same process', async (_, suffix, flags, importing) => {
    const directory = await makeDirectory();
    const helper = importing
      .replace(`{ ${tree.create} }`, '{ startFakeWandb }')
      .replace('wandb-fs', 'wandb-fs/testing');
    const FILES = `{ 'file.txt': 'content', 'other.txt': 'other' }`;
    await writeFile(
      join(directory, `cold.${suffix}`),
      `${importing}\n${helper}
       test('reads', async () => {
         const wandb = await startFakeWandb();
         await wandb.seed({ 'team/project/run': ${FILES} });
         await wandb.seedArtifacts({ 'team/project/dataset/flowers': { versions: [{ files: ${FILES} }] } });
         process.env.WANDB_BASE_URL = wandb.url;
         process.env.WANDB_API_KEY = wandb.apiKey;
         ${prelude(tree)}
         expect(${READS}).toEqual(${JSON.stringify(SEEN)});
         expect(codeOf(() => fs.readFileSync(FILE + '.missing'))).toMatchObject({ code: 'ENOENT' });
         await fs.wandb.close();
         await wandb.close();
       });`,
    );
    await writeFile(join(directory, 'package.json'), '{ "private": true }');
    await mkdir(join(directory, 'node_modules'));
    await symlink(packageRoot, join(directory, 'node_modules/wandb-fs'));
    const jest = join(packageRoot, 'node_modules/jest/bin/jest.js');
    const args = [...flags, jest, '--rootDir', directory, '--testMatch', `**/cold.${suffix}`];
    const { exitCode, stderr } = await run(process.execPath, args, { cwd: directory });
    expect(stderr).toContain('Tests:       1 passed, 1 total');
    expect(stderr).not.toContain('did not exit');
    expect(exitCode).toBe(0);
  });

  test("with `sync: 'off'` they are ENOTSUP, and what is loaded is answered", async () => {
    const script = `
      const cold = [codeOf(() => fs.readFileSync(FILE, 'utf8')), codeOf(() => fs.statSync(OTHER))];
      await Promise.all([fs.promises.readFile(FILE), fs.promises.stat(OTHER)]);
      console.log(JSON.stringify([...cold, codeOf(() => fs.readFileSync(FILE, 'utf8')), codeOf(() => fs.statSync(OTHER).size)]));`;
    const [read, stat, ...warm] = await printedBy(server, tree, script, { options: { sync: 'off' } });
    expect([read?.code, stat?.code]).toEqual(['ENOTSUP', 'ENOTSUP']);
    expect(read?.message).toContain('promise twin');
    expect(warm).toMatchObject([
      { code: 'success', message: 'content' },
      { code: 'success', message: '5' },
    ]);
  });

  test("with `sync: 'cache-only'` they are EAGAIN until the load that they began has come", async () => {
    const script = `
      const first = codeOf(() => fs.readFileSync(FILE, 'utf8'));
      let last = first;
      for (let rounds = 0; last.code === 'EAGAIN' && rounds < 500; rounds++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        last = codeOf(() => fs.readFileSync(FILE, 'utf8'));
      }
      console.log(JSON.stringify([first, last]));`;
    expect(await printedBy(server, tree, script, { options: { sync: 'cache-only' } })).toMatchObject([
      { code: 'EAGAIN' },
      { code: 'success', message: 'content' },
    ]);
  });

  test('wait no longer than `syncTimeout`, and the next one has an answer', async () => {
    await server.faults([{ match: { path: '/graphql' }, delayMs: 4000, times: 1 }]);
    const script = `
      const late = codeOf(() => fs.readFileSync(FILE, 'utf8'));
      const again = [];
      do again.push(codeOf(() => fs.readFileSync(FILE, 'utf8')));
      while (again.at(-1).code === 'ETIMEDOUT' && again.length < 50);
      console.log(JSON.stringify([late, again.at(-1)]));`;
    const [late, last] = await printedBy(server, tree, script, { options: { syncTimeout: 500 } });
    expect(late).toMatchObject({ code: 'ETIMEDOUT' });
    expect(late?.message).toContain('syncTimeout');
    expect(late?.ms).toBeGreaterThanOrEqual(500);
    expect(late?.ms).toBeLessThan(3500);
    expect(last).toMatchObject({ code: 'success', message: 'content' });
  });

  test("under Node's permission model they are ENOTSUP without `--allow-worker`, and work with it", async () => {
    const script = `console.log(JSON.stringify([codeOf(() => fs.readFileSync(FILE, 'utf8'))]));`;
    const flags = [...permissionFlags(), '--no-warnings'];
    const [denied] = await printedBy(server, tree, script, { flags });
    expect(denied).toMatchObject({ code: 'ENOTSUP' });
    expect(denied?.message).toContain('--allow-worker');
    expect(await printedBy(server, tree, script, { flags: [...flags, '--allow-worker'] })).toMatchObject([
      { code: 'success', message: 'content' },
    ]);
  });

  test('leave a thread that keeps no process from ending', async () => {
    const idle = async (script: string): Promise<number> => {
      const [end] = await printedBy(server, tree, `${script}\nconst begin = Date.now();\n${TOLD_AT_EXIT}`);
      return end?.ms ?? Number.NaN;
    };
    // From the last line of the script to the end of the process; the thread would keep it for ever.
    expect(await idle('fs.readFileSync(FILE);')).toBeLessThan(5000);
    expect(await idle('await fs.promises.readFile(FILE);')).toBeLessThan(5000);
  });
});

/** Told when the event loop has run empty. */
const TOLD_AT_EXIT = `process.on('exit', () => console.log(JSON.stringify([{ ms: Date.now() - begin }])));`;

/** Side by side, for nearly all of it is waiting for a heart that beats no more. */
describe('blocking calls whose thread is terminated fail soon, and the next one starts another', () => {
  const script = `
    ${capturing}
    const before = codeOf(() => fs.readFileSync(FILE, 'utf8'));
    void threads[0].terminate();
    const during = codeOf(() => fs.readFileSync(OTHER, 'utf8'));
    const after = codeOf(() => fs.readFileSync(OTHER, 'utf8'));
    console.log(JSON.stringify([before, during, after, { code: threads.length }]));`;
  let printed: Promise<Told[]>[];
  beforeAll(() => {
    printed = TREES.map((tree) => printedBy(server, tree, script));
  });

  test.each(TREES.map(({ name }, index) => ({ name, index })))('$name', async ({ index }) => {
    const [before, during, after, threads] = (await printed[index]) ?? [];
    expect(before).toMatchObject({ code: 'success' });
    expect(during).toMatchObject({ code: 'EIO' });
    expect(during?.message).toContain('The I/O thread ended');
    expect(during?.ms).toBeLessThan(20_000);
    expect(after).toMatchObject({ code: 'success', message: 'other' });
    expect(threads).toEqual({ code: 2 });
  });
});

/** What a process may that reads this package and W&B, and starts no threads; networks are guarded from Node 25 on. */
function permissionFlags(): readonly string[] {
  const allowed = process.allowedNodeEnvironmentFlags;
  return [
    allowed.has('--permission') ? '--permission' : '--experimental-permission',
    `--allow-fs-read=${packageRoot}/`,
    ...(allowed.has('--allow-net') ? ['--allow-net'] : []),
  ];
}
