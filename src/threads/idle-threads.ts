import { parentPort, type Transferable, Worker, workerData } from 'node:worker_threads';
import { theGlobal } from '../platform/realm.js';
import { clearTimeout, setTimeout } from '../platform/time.js';
import { threadEnvironment } from './thread-file.js';

/**
 * Threads of this package do one task after another: most of what a mount or a local server costs is the start of a thread
 * and the loading of its file. A thread whose task has ended waits for the next one, and keeps no process meanwhile. Its
 * state is shared, so that it can't end itself while it is being taken.
 */
const BUSY = 0;
const IDLE = 1;
const ENDED = 2;

/** How long a thread waits for its next task, in milliseconds: as long as between two test files. */
const IDLE_MS = 2000;

interface Life {
  /** Its file and the environment it was started with. */
  readonly kind: string;
  readonly state: Int32Array;
}

interface Birth<Task> {
  readonly state: Int32Array;
  readonly task: Task;
}

interface Threads {
  readonly lives: WeakMap<Worker, Life>;
  readonly idle: Set<Worker>;
}

/** Of all copies of this package in a thread: each test file of Jest has a copy, and most of them start the same threads. */
const SHARED = Symbol.for('wandb-fs.threads.2');

function shared(): Threads {
  theGlobal[SHARED] ??= { lives: new WeakMap(), idle: new Set() } satisfies Threads;
  return theGlobal[SHARED] as Threads;
}

/**
 * Gives a task to a thread: one that is idle, else a new one. Its file calls `serveTasks`.
 *
 * @throws what `new Worker` does
 */
export function startTask(
  file: URL,
  name: string,
  task: unknown,
  transferList: readonly Transferable[] = [],
): Worker {
  const { lives, idle } = shared();
  const env = threadEnvironment();
  const kind = JSON.stringify([file, env]);
  // The last first: so those that aren't needed come to their end.
  for (const worker of [...idle].reverse()) {
    const life = lives.get(worker);
    if (life?.kind !== kind) continue;
    idle.delete(worker);
    if (Atomics.compareExchange(life.state, 0, IDLE, BUSY) !== IDLE) continue;
    try {
      worker.postMessage(task, [...transferList]);
    } catch (thrown) {
      // Taken for nothing: its time to wait may have run out meanwhile, so it wouldn't end by itself.
      void worker.terminate();
      throw thrown;
    }
    worker.ref();
    return worker;
  }
  const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(file, {
    name,
    workerData: { state, task } satisfies Birth<unknown>,
    transferList: [...transferList],
    // This process's own flags (preloads, inspectors, loaders of test runners) are for its own thread.
    execArgv: [],
    env,
  });
  lives.set(worker, { kind, state });
  // Whoever gave it a task listens, too. What goes wrong behind the last one concerns nobody, and must not end the process.
  worker.on('error', () => {});
  worker.once('exit', () => idle.delete(worker));
  return worker;
}

/** Lets a thread wait for another task. It has said that its task has ended, and nobody listens to it any more. */
export function giveBack(worker: Worker): void {
  worker.unref();
  shared().idle.add(worker);
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
  const { state, task }: Birth<Task> = workerData;
  let end: NodeJS.Timeout | undefined;
  // One that dies while it waits must not be taken: who is blocked would wait for it in vain.
  process.on('exit', () => Atomics.store(state, 0, ENDED));
  port.on('message', (next: Task) => {
    clearTimeout(end);
    begin(next);
  });
  begin(task);
  return () => {
    Atomics.store(state, 0, IDLE);
    end = setTimeout(() => {
      if (Atomics.compareExchange(state, 0, IDLE, ENDED) !== IDLE) return;
      // With its port closed nothing keeps the thread. In Deno it has no such member.
      if ('close' in port) port.close();
      else process.exit();
    }, IDLE_MS);
  };
}
