import { parentPort, type Transferable, Worker, workerData } from 'node:worker_threads';
import { theGlobal } from '../platform/realm.js';
import { clearTimeout, setTimeout } from '../platform/time.js';
import { threadEnvironment } from './thread-file.js';

/**
 * Threads of this package do one task after another, or those of one kind together: most of what a mount or a local server
 * costs is the start of a thread and the loading of its file. A thread whose tasks have ended waits for the next one, and
 * keeps no process meanwhile. How many it has is shared, so that it can't end itself while it is being given one.
 */
const NONE = 0;
export const ENDED = -1;

/** How long a thread waits for its next task, in milliseconds: as long as between two test files. */
const IDLE_MS = 2000;

interface Life {
  /** Its file, and the environment it was started with. */
  readonly kind: string;
  /** What its tasks have in common. Once they have ended, it may do others. */
  together: string | undefined;
  /** How many tasks it has; `ENDED`: it takes none. */
  readonly tasks: Int32Array;
  /** Tasks for which it keeps the process alive. */
  held: number;
}

interface Birth<Task> {
  readonly tasks: Int32Array;
  readonly task: Task;
}

/** Of all copies of this package in a thread: each test file of Jest has a copy, and most of them start the same threads. */
const SHARED = Symbol.for('wandb-fs.threads.4');

/** Those that are alive. */
function shared(): Map<Worker, Life> {
  theGlobal[SHARED] ??= new Map<Worker, Life>();
  return theGlobal[SHARED] as Map<Worker, Life>;
}

interface ThreadKind {
  /** It calls `serveTasks`. */
  readonly file: URL;
  readonly name: string;
  /** Tasks that have it in common are done by one thread, side by side. @default one task has a thread for itself */
  readonly together?: string | undefined;
}

/**
 * Gives a task to a thread that can take it, else to a new one. The thread keeps the process alive until `letGo`.
 *
 * @throws what `new Worker` does
 */
export function startTask(
  { file, name, together }: ThreadKind,
  task: unknown,
  transferList: readonly Transferable[] = [],
): Worker {
  const lives = shared();
  const env = threadEnvironment();
  const kind = JSON.stringify([file, env]);
  const shares = (life: Life): boolean => together !== undefined && life.together === together;
  // The last first: so those that aren't needed come to their end.
  const able = [...lives].filter(([, life]) => life.kind === kind).reverse();
  able.sort(([, one], [, other]) => Number(shares(other)) - Number(shares(one)));
  for (const [worker, life] of able) {
    if (!take(life, shares(life) ? Infinity : NONE)) continue;
    life.together = together;
    try {
      worker.postMessage(task, [...transferList]);
    } catch (thrown) {
      // Taken for nothing: its time to wait may have run out meanwhile, so it wouldn't end by itself.
      if (Atomics.compareExchange(life.tasks, 0, 1, ENDED) === 1) void worker.terminate();
      else Atomics.sub(life.tasks, 0, 1);
      throw thrown;
    }
    hold(worker);
    return worker;
  }
  const tasks = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  tasks[0] = 1;
  const worker = new Worker(file, {
    name,
    workerData: { tasks, task } satisfies Birth<unknown>,
    transferList: [...transferList],
    // This process's own flags (preloads, inspectors, loaders of test runners) are for its own thread.
    execArgv: [],
    env,
  });
  lives.set(worker, { kind, together, tasks, held: 1 });
  // Each of its tasks listens, too.
  worker.setMaxListeners(0);
  // What goes wrong behind the last one concerns nobody, and must not end the process.
  worker.on('error', () => {});
  worker.once('exit', () => lives.delete(worker));
  return worker;
}

/** @param most tasks that it may have beside this one */
function take({ tasks }: Life, most: number): boolean {
  for (;;) {
    const count = Atomics.load(tasks, 0);
    if (count === ENDED || count > most) return false;
    if (Atomics.compareExchange(tasks, 0, count, count + 1) === count) return true;
  }
}

/** One more task for which a thread keeps the process alive. */
export function hold(worker: Worker): void {
  const life = shared().get(worker);
  if (life && ++life.held === 1) worker.ref();
}

/** A task that has ended, or that the process needs to wait for no longer. */
export function letGo(worker: Worker): void {
  const life = shared().get(worker);
  if (life && --life.held === 0) worker.unref();
}

/** Ends a thread that does nothing any more, for all of its tasks; no other is given to it. */
export async function discard(worker: Worker): Promise<void> {
  const life = shared().get(worker);
  if (life) Atomics.store(life.tasks, 0, ENDED);
  worker.unref();
  await worker.terminate();
}

/**
 * In a thread's file: begins each task that the thread is given.
 *
 * @returns what to call when a task has ended, before anybody is told of it
 */
export function serveTasks<Task>(begin: (task: Task) => void): () => void {
  const port = parentPort;
  if (!port)
    throw new Error('This module runs as a worker thread; call the function that starts it instead.');
  const { tasks, task }: Birth<Task> = workerData;
  let end: NodeJS.Timeout | undefined;
  // One that dies while it waits must not be taken: who is blocked would wait for it in vain.
  process.on('exit', () => Atomics.store(tasks, 0, ENDED));
  port.on('message', (next: Task) => {
    clearTimeout(end);
    begin(next);
  });
  begin(task);
  return () => {
    if (Atomics.sub(tasks, 0, 1) > 1) return;
    end = setTimeout(() => {
      if (Atomics.compareExchange(tasks, 0, NONE, ENDED) !== NONE) return;
      // With its port closed nothing keeps the thread. In Deno it has no such member.
      if ('close' in port) port.close();
      else process.exit();
    }, IDLE_MS);
  };
}
