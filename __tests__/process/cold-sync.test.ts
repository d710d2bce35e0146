import { packageRoot } from '../helpers/processes.js';
import { useServer } from '../helpers/server.js';
import { inJest } from './cold-in-jest.js';
import { once } from './once.js';
import {
  prelude,
  printedBy,
  READS,
  requiring,
  SEEN,
  seedTrees,
  TREES,
  type Tree,
  toldByEach,
} from './trees.js';

const server = useServer();
beforeAll(async () => {
  await seedTrees(server);
});
afterEach(() => server.faults([]));

/** The first test that asks waits for what all trees of a process or of a run of Jest do. */
jest.setTimeout(60_000);

interface Told {
  readonly code: string;
  readonly message: string;
  readonly ms: number;
}

/** The threads that a script starts from here on, in `threads`. */
const capturing = `
  const { createRequire, syncBuiltinESMExports } = await import('node:module');
  const node = createRequire(process.cwd() + '/script')('node:worker_threads');
  const threads = [];
  node.Worker = class extends node.Worker {
    constructor(...args) { super(...args); threads.push(this); }
  };
  syncBuiltinESMExports();`;

const toldOnce = <T>(script: string, flags: readonly string[] = []) =>
  once(() => toldByEach<T>(server, script, flags));

/** From here to the end of the process, which a thread would keep for ever; told with what else there is to tell. */
const thenIdle = (more: string) =>
  `const begin = Date.now();\nprocess.on('exit', () => tell({ ${more}, idle: Date.now() - begin }));`;

interface Behind {
  readonly idle: number;
}

/** The first call of all is a blocking one. */
const behindSync = toldOnce<Behind & { seen: unknown; cacheOnly: readonly Told[] }>(
  `const seen = ${READS};
   const own = mount({ sync: 'cache-only' });
   const first = codeOf(() => own.readFileSync(FILE, 'utf8'));
   let last = first;
   for (let rounds = 0; last.code === 'EAGAIN' && rounds < 500; rounds++) {
     await new Promise((resolve) => setTimeout(resolve, 10));
     last = codeOf(() => own.readFileSync(FILE, 'utf8'));
   }
   const cacheOnly = [first, last];
   ${thenIdle('seen, cacheOnly')}`,
);

/** None of the calls that ask W&B is. */
const behindAsync = toldOnce<Behind & { withoutSync: readonly Told[] }>(
  `const own = mount({ sync: 'off' });
   const calls = [() => own.readFileSync(FILE, 'utf8'), () => own.statSync(OTHER).size];
   const cold = calls.map(codeOf);
   await Promise.all([own.promises.readFile(FILE), own.promises.stat(OTHER), fs.promises.readFile(FILE)]);
   const withoutSync = [...cold, ...calls.map(codeOf)];
   ${thenIdle('withoutSync')}`,
);

/** Of each tree in the parent, and in each worker. */
const inWorkers = once(() => {
  const reads = TREES.map((tree) => `(() => {${prelude(tree)}\nreturn ${READS};\n})()`);
  const code = `
    ${requiring}
    require('node:worker_threads').parentPort.postMessage([${reads}]);`;
  return printedBy<readonly unknown[][]>(
    server,
    `import { Worker } from 'node:worker_threads';
     const workers = Array.from({ length: 2 }, () => new Worker(${JSON.stringify(code)}, { eval: true, execArgv: [] }));
     const answers = workers.map((worker) => new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject)));
     const here = [${reads}];
     console.log(JSON.stringify([here, ...(await Promise.all(answers))]));`,
  );
});

const restricted = (...more: readonly string[]) =>
  toldOnce<Told>(`tell(codeOf(() => fs.readFileSync(FILE, 'utf8')));`, [
    ...permissionFlags(),
    '--no-warnings',
    ...more,
  ]);
const withoutWorkers = restricted();
const withWorkers = restricted('--allow-worker');

describe.each(TREES.map((tree, index) => ({ tree, index, name: tree.name })))(
  'blocking calls on a cold cache: $name',
  ({ tree, index, name }) => {
    test('in the main thread', async () => {
      expect((await behindSync())[index]?.seen).toEqual(SEEN);
    });

    test('in a worker_thread, and in its parent meanwhile', async () => {
      expect((await inWorkers()).map((seen) => seen[index])).toEqual([SEEN, SEEN, SEEN]);
    });

    test.each(['CommonJS', 'ESM'] as const)(
      'inside Jest, %s, with the server in the same process',
      async (kind) => {
        const { exitCode, stderr } = await inJest[kind]();
        expect(stderr).toMatch(new RegExp(`✓ ${name} \\(`));
        expect(stderr).toContain('Tests:       2 passed, 2 total');
        expect(stderr).not.toContain('did not exit');
        expect(exitCode).toBe(0);
      },
    );

    test("with `sync: 'off'` they are ENOTSUP, and what is loaded is answered", async () => {
      const [read, stat, ...warm] = (await behindAsync())[index]?.withoutSync ?? [];
      expect([read?.code, stat?.code]).toEqual(['ENOTSUP', 'ENOTSUP']);
      expect(read?.message).toContain('promise twin');
      expect(warm).toMatchObject([
        { code: 'success', message: 'content' },
        { code: 'success', message: '5' },
      ]);
    });

    test("with `sync: 'cache-only'` they are EAGAIN until the load that they began has come", async () => {
      expect((await behindSync())[index]?.cacheOnly).toMatchObject([
        { code: 'EAGAIN' },
        { code: 'success', message: 'content' },
      ]);
    });

    test('wait no longer than `syncTimeout`, and the next one has an answer', async () => {
      await server.faults([{ match: { path: '/graphql' }, delayMs: 4000, times: 1 }]);
      const script = `
        ${prelude(tree, { syncTimeout: 500 })}
        const late = codeOf(() => fs.readFileSync(FILE, 'utf8'));
        const again = [];
        do again.push(codeOf(() => fs.readFileSync(FILE, 'utf8')));
        while (again.at(-1).code === 'ETIMEDOUT' && again.length < 50);
        console.log(JSON.stringify([late, again.at(-1)]));`;
      const [late, last] = await printedBy<Told[]>(server, script);
      expect(late).toMatchObject({ code: 'ETIMEDOUT' });
      expect(late?.message).toContain('syncTimeout');
      expect(late?.ms).toBeGreaterThanOrEqual(500);
      expect(late?.ms).toBeLessThan(3500);
      expect(last).toMatchObject({ code: 'success', message: 'content' });
    });

    test("under Node's permission model they are ENOTSUP without `--allow-worker`, and work with it", async () => {
      const denied = (await withoutWorkers())[index];
      expect(denied).toMatchObject({ code: 'ENOTSUP' });
      expect(denied?.message).toContain('--allow-worker');
      expect((await withWorkers())[index]).toMatchObject({ code: 'success', message: 'content' });
    });

    test('leave a thread that keeps no process from ending', async () => {
      expect((await behindSync())[index]?.idle).toBeLessThan(5000);
      expect((await behindAsync())[index]?.idle).toBeLessThan(5000);
    });
  },
);

/** Side by side, for nearly all of it is waiting for a heart that beats no more. */
describe('blocking calls whose thread is terminated fail soon, and the next one starts another', () => {
  const script = (tree: Tree) => `
    ${prelude(tree)}
    ${capturing}
    const before = codeOf(() => fs.readFileSync(FILE, 'utf8'));
    void threads[0].terminate();
    const during = codeOf(() => fs.readFileSync(OTHER, 'utf8'));
    const after = codeOf(() => fs.readFileSync(OTHER, 'utf8'));
    console.log(JSON.stringify([before, during, after, { code: threads.length }]));`;
  let printed: Promise<Told[]>[];
  beforeAll(() => {
    printed = TREES.map((tree) => printedBy<Told[]>(server, script(tree)));
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
