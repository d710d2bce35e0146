import { constants } from 'node:fs';
import fc from 'fast-check';
import { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import { Operation, runAsync, runSync } from '../../src/kernel/operation/operation.js';
import type { Kernel } from '../../src/kernel/syscalls.js';
import { expectEqual } from '../helpers/equal.js';
import { DirectoryReading } from './helpers/directory-reading.js';
import { Model, type ModelFile } from './helpers/model.js';
import { type Mount, mount } from './helpers/mount.js';
import { seeded } from './helpers/seeded.js';

/**
 * Several actors, each in a directory of its own of one run, do file operations, some blocking and some awaited, while
 * a seeded scheduler decides what happens elsewhere and in which order: answers, uploads, finalisations, failing PUTs,
 * foreign writes, clock jumps past the TTL, evictions by a tiny cache, aborts. Each actor's answers must be those of a
 * plain model; at the end, when all is flushed, the server must hold what the models hold: nothing lost, nothing invented.
 */
const RUNS = Number(process.env.WANDB_FS_MODEL_RUNS ?? 1000);
const RUN = 'e/p/r';
const { O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;

type Action =
  | { readonly type: 'write' | 'append'; readonly path: string; readonly text: string }
  | {
      readonly type: 'read' | 'list' | 'stat' | 'unlink' | 'mkdir' | 'rmdir' | 'removeTree';
      readonly path: string;
    }
  /** One handle an actor: 'open' replaces it; it stays open over whatever happens to its name. */
  | { readonly type: 'open'; readonly path: string }
  | { readonly type: 'writeHandle'; readonly text: string }
  | { readonly type: 'readHandle' | 'syncHandle' }
  | { readonly type: 'rename'; readonly path: string; readonly to: string }
  /** One open directory an actor: its own, which nobody moves or removes. */
  | { readonly type: 'flush' | 'opendir' | 'readPage' };

interface Command {
  readonly action: Action;
  readonly isSync: boolean;
  /** Aborts the call after so many steps elsewhere; only calls that change nothing are aborted. */
  readonly abortAfter: number | null;
}

const name = fc.constantFrom('a', 'b', 'd/a', 'd/b', 'd', 'd/d', 'd/d/a');
const text = fc.string({ unit: fc.constantFrom('x', 'y', 'z'), maxLength: 40 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constantFrom('write' as const, 'append' as const), path: name, text }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom('read' as const, 'list' as const, 'stat' as const, 'open' as const),
      path: name,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('writeHandle' as const), text }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('readHandle' as const, 'readHandle' as const, 'syncHandle' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('unlink' as const, 'mkdir' as const, 'rmdir' as const, 'removeTree' as const),
      path: name,
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('rename' as const), path: name, to: name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('flush' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom('opendir' as const, 'readPage' as const, 'readPage' as const),
    }),
  },
);
const command: fc.Arbitrary<Command> = fc.record({
  action,
  isSync: fc.boolean(),
  abortAfter: fc.option(fc.nat(4), { freq: 6 }),
});
const program = fc.record({
  actors: fc.array(fc.array(command, { minLength: 1, maxLength: 14 }), { minLength: 1, maxLength: 3 }),
  seed: fc.integer(),
  pageSize: fc.constantFrom(2, 1000),
  isLagging: fc.boolean(),
  failingPuts: fc.nat(2),
  listingTtl: fc.constantFrom(0, 50, 100_000),
});

type Drive = <T>(primitive: (op: Operation) => T) => T | Promise<T>;

/** An actor's one open file, here and in the model. */
interface Handle {
  fd: number;
  file: ModelFile;
}

async function readAt(kernel: Kernel, fd: number, drive: Drive): Promise<string> {
  const buffer = Buffer.alloc(4096);
  return buffer.toString('utf8', 0, await drive((op) => kernel.read(op, fd, buffer, 0)));
}

/** Node's readFile, writeFile and so on in small; returns what the model returns. */
async function perform(
  kernel: Kernel,
  root: string,
  action: Action,
  drive: Drive,
  fd: number,
): Promise<unknown> {
  if (action.type === 'flush') return drive((op) => kernel.flush(op));
  if (action.type === 'readHandle') return readAt(kernel, fd, drive);
  if (action.type === 'writeHandle') {
    await drive((op) => kernel.write(op, fd, Buffer.from(action.text), 0));
    return undefined;
  }
  if (action.type === 'syncHandle') return drive((op) => kernel.fsync(op, fd));
  if (!('path' in action)) return undefined;
  const path = `${root}/${action.path}`;
  switch (action.type) {
    case 'open':
      return drive((op) => kernel.open(op, treePath(path), O_RDWR, 0));
    case 'read': {
      const opened = await drive((op) => kernel.open(op, treePath(path), O_RDONLY, 0));
      try {
        return await readAt(kernel, opened, drive);
      } finally {
        await drive((op) => kernel.close(op, opened));
      }
    }
    case 'write':
    case 'append': {
      const how = action.type === 'write' ? O_TRUNC : O_APPEND;
      const opened = await drive((op) => kernel.open(op, treePath(path), O_WRONLY | O_CREAT | how, 0o666));
      await drive((op) => kernel.write(op, opened, Buffer.from(action.text), null));
      return drive((op) => kernel.close(op, opened));
    }
    case 'list':
      return (await drive((op) => kernel.readdir(op, treePath(path)))).map((entry) => entry.name);
    case 'stat':
      return (await drive((op) => kernel.stat(op, treePath(path)))).kind;
    case 'unlink':
      return drive((op) => kernel.unlink(op, treePath(path)));
    case 'mkdir':
      return drive((op) => kernel.mkdir(op, treePath(path), 0o777));
    case 'rmdir':
      return drive((op) => kernel.rmdir(op, treePath(path)));
    case 'removeTree':
      return drive((op) => kernel.removeTree(op, treePath(path)));
    case 'rename':
      return drive((op) => kernel.rename(op, treePath(path), treePath(`${root}/${action.to}`)));
  }
}

function expected(model: Model, action: Action, handle: Handle | null): unknown {
  if (action.type === 'flush') return 'success';
  if (action.type === 'readHandle') return handle?.file.text;
  if (action.type === 'syncHandle') return 'success';
  if (action.type === 'writeHandle') {
    if (handle) handle.file.text = action.text + handle.file.text.slice(action.text.length);
    return 'success';
  }
  if (!('path' in action)) return 'success';
  const path = `${model.root}/${action.path}`;
  switch (action.type) {
    case 'open':
      return model.open(path);
    case 'read':
      return model.read(path);
    case 'write':
      return model.write(path, action.text);
    case 'append':
      return model.append(path, action.text);
    case 'list':
      return model.isDirectory(path) ? model.names(path) : model.has(path) ? 'ENOTDIR' : model.read(path);
    case 'stat':
      return model.has(path) ? (model.isDirectory(path) ? 'directory' : 'file') : model.read(path);
    case 'rename':
      return model.rename(path, `${model.root}/${action.to}`);
    default:
      return model[action.type](path);
  }
}

const harmless = new Set<Action['type']>(['read', 'list', 'stat']);
/** A PUT that failed for good is told at the durability points, and only there. */
const durabilityPoints = new Set<Action['type']>(['flush', 'syncHandle']);

async function act(
  mounted: Mount,
  root: string,
  commands: readonly Command[],
  aborts: Map<AbortController, number>,
): Promise<void> {
  const model = new Model(root);
  const { kernel } = mounted;
  let handle = null as Handle | null;
  let reading = null as DirectoryReading | null;
  runSync((op) => kernel.mkdir(op, treePath(root), 0o777));
  for (const { action, isSync, abortAfter } of commands) {
    if (/Handle/.test(action.type) && !handle) continue;
    if (action.type === 'opendir') reading = new DirectoryReading(kernel, model, root);
    if (action.type === 'readPage' && reading && !(await reading.next(isSync))) reading = null;
    if (action.type === 'opendir' || action.type === 'readPage') continue;
    const controller = new AbortController();
    const isAborting = abortAfter !== null && !isSync && harmless.has(action.type);
    if (isAborting) aborts.set(controller, abortAfter);
    const drive: Drive = isSync
      ? (primitive) => runSync(primitive)
      : (primitive) => runAsync(primitive, new Operation(isAborting ? controller.signal : undefined));
    const wanted = expected(model, action, handle);
    const got: unknown = await perform(kernel, root, action, drive, handle?.fd ?? -1).then(
      (value) => value ?? 'success',
      (thrown: Failure | Error) => {
        if (!(thrown instanceof Failure)) throw thrown;
        return thrown.code;
      },
    );
    aborts.delete(controller);
    reading?.update();
    if (got === 'ECANCELED' && isAborting) continue;
    if (durabilityPoints.has(action.type) && got === 'EIO') continue;
    if (action.type === 'open' && typeof got === 'number' && typeof wanted === 'object') {
      if (handle) runSync((op) => kernel.close(op, handle?.fd ?? -1));
      handle = { fd: got, file: wanted as ModelFile };
      continue;
    }
    expectEqual({ action, isSync, got }, { action, isSync, got: wanted });
  }
  if (handle) runSync((op) => kernel.close(op, handle?.fd ?? -1));
  expectEqual(await view(kernel, root), model.files());
}

/** All files below a directory with their content, as the kernel shows them. */
async function view(kernel: Kernel, directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { name: entry, kind } of await runAsync((op) => kernel.readdir(op, treePath(directory)))) {
    const path = `${directory}/${entry}`;
    if (kind === 'directory') for (const pair of await view(kernel, path)) files.set(...pair);
    else
      files.set(
        path,
        String(
          await perform(
            kernel,
            directory,
            { type: 'read', path: entry },
            (primitive) => runAsync(primitive),
            -1,
          ),
        ),
      );
  }
  return files;
}

async function run({
  actors,
  seed,
  pageSize,
  isLagging,
  failingPuts,
  listingTtl,
}: typeof program extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const mounted = mount({ listingTtl, cacheBytes: 64, blockBytes: 16 });
  const { kernel, remote, server, clock } = mounted;
  const choose = seeded(seed);
  server.pageSize = pageSize;
  server.toldSize = pageSize;
  server.isLagging = isLagging;
  const aborts = new Map<AbortController, number>();
  const elsewhere = (): void => {
    clock.now += choose(20);
    if (choose(20) === 0) clock.now += 1000;
    if (choose(12) === 0) server.write(`${RUN}/foreign/${choose(3)}`, String(choose(1000)));
    for (const [controller, left] of aborts) {
      if (left > 0) aborts.set(controller, left - 1);
      else controller.abort();
    }
  };
  remote.choose = choose;
  remote.onBlockedStep = elsewhere;
  for (let index = 0; index < failingPuts; index++)
    remote.failingPuts.set(`${RUN}/0/${['a', 'b'][index]}`, 1);

  let running = actors.length;
  const all = Promise.all(
    actors.map((commands, index) =>
      act(mounted, `${RUN}/${index}`, commands, aborts).finally(() => {
        running--;
      }),
    ),
  );
  // Awaited at the end; until then a failed actor must not be an unhandled rejection.
  all.catch(() => {});
  for (let guard = 0; running > 0; guard++) {
    if (guard > 20_000) throw new Error('the program does not end');
    await new Promise((resolve) => setImmediate(resolve));
    const steps = remote.steps();
    elsewhere();
    steps[choose(steps.length)]?.run();
  }
  await all;

  // The first flush may tell of PUTs that failed for good; the next sends them again.
  for (let attempt = 0; attempt < 4; attempt++) {
    try {
      runSync((op) => kernel.flush(op));
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'EIO' });
    }
  }
  remote.settle();
  const local = await Promise.all(
    (runSync((op) => kernel.readdir(op, treePath(RUN))) as readonly { name: string }[])
      .filter(({ name: entry }) => entry !== 'foreign')
      .map(({ name: entry }) => `${RUN}/${entry}`)
      .map(async (directory) => {
        let isSeen = false;
        const seen = view(kernel, directory).finally(() => {
          isSeen = true;
        });
        while (!isSeen) {
          await new Promise((resolve) => setImmediate(resolve));
          remote.settle();
        }
        return seen;
      }),
  );
  const shown = new Map(local.flatMap((files) => [...files]));
  const stored = new Map(
    [...server.bytes]
      .filter(([path]) => !path.startsWith(`${RUN}/foreign`))
      .map(([path]) => [path, server.text(path)]),
  );
  expectEqual(stored, shown);
  expectEqual(kernel.counters().dirty, 0);
  runSync((op) => kernel.shutdown(op));
}

const step = (action: Action, isSync = false) => ({ action, isSync, abortAfter: null });

/** Programs that failed once. */
const FOUND: [typeof program extends fc.Arbitrary<infer T> ? T : never][] = [
  // What is sent while a directory is read shifts the rows of its pages, and a listing in between has seen it.
  [
    {
      actors: [
        [
          step({ type: 'write', path: 'd', text: '' }),
          step({ type: 'opendir' }),
          step({ type: 'write', path: 'd', text: '' }),
          step({ type: 'readPage' }),
          step({ type: 'write', path: 'a', text: '' }),
        ],
        [
          step({ type: 'unlink', path: 'a' }),
          { ...step({ type: 'read', path: 'a' }), abortAfter: 0 },
          step({ type: 'read', path: 'a' }, true),
          step({ type: 'writeHandle', text: '' }),
        ],
        [
          step({ type: 'unlink', path: 'a' }),
          step({ type: 'write', path: 'a', text: '' }, true),
          step({ type: 'unlink', path: 'd' }, true),
          step({ type: 'rename', path: 'a', to: 'a' }),
        ],
      ],
      seed: -19,
      pageSize: 2,
      isLagging: false,
      failingPuts: 0,
      listingTtl: 0,
    },
  ],
  // An answer that was asked for before comes while a listing is told page by page, which has shown the name already.
  [
    {
      actors: [
        [
          step({ type: 'rename', path: 'a', to: 'a' }, true),
          step({ type: 'write', path: 'd/a', text: '' }),
          step({ type: 'read', path: 'a' }),
          step({ type: 'opendir' }),
        ],
        [
          step({ type: 'write', path: 'd', text: '' }, true),
          step({ type: 'write', path: 'a', text: '' }),
          step({ type: 'read', path: 'b' }, true),
          step({ type: 'read', path: 'a' }),
          step({ type: 'unlink', path: 'd/a' }),
        ],
      ],
      seed: -1172757669,
      pageSize: 2,
      isLagging: false,
      failingPuts: 0,
      listingTtl: 0,
    },
  ],
];

test(`${RUNS} random programs answer as a plain model does, and lose nothing`, async () => {
  await fc.assert(fc.asyncProperty(program, run), { numRuns: RUNS, examples: FOUND });
}, 600_000);
