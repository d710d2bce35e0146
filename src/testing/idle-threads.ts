import { Worker } from 'node:worker_threads';
import { threadEnvironment, threadFile } from '../thread-file.js';

/** Threads whose server was closed, by their file, until they end themselves. */
const idle = new Map<string, Set<Worker>>();

/**
 * A thread without a server: one that is idle, else a new one. What a test file with a server for each test waits for is
 * mostly the start of threads.
 *
 * @param file the thread's, relative to the root of the ESM build
 */
export function takeThread(file: string, name: string): Worker {
  const [waiting] = idle.get(file) ?? [];
  if (!waiting) return startThread(file, name);
  idle.get(file)?.delete(waiting);
  waiting.ref();
  return waiting;
}

/** What `takeThread` gave; its server is closed and nobody listens to it. It keeps no process alive. */
export function giveBack(file: string, thread: Worker): void {
  thread.unref();
  const threads = idle.get(file) ?? new Set();
  idle.set(file, threads.add(thread));
}

function startThread(file: string, name: string): Worker {
  const thread = new Worker(threadFile(file), {
    name,
    // This process's own flags, such as --input-type, needn't suit a file.
    execArgv: [],
    env: threadEnvironment(),
  });
  thread.once('exit', () => idle.get(file)?.delete(thread));
  return thread;
}
