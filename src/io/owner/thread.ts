import { serveTasks } from '../../threads/idle-threads.js';
import { failureOf, HEARTBEAT, HEARTBEAT_MS, type ThreadData } from '../protocol.js';
import type { Post } from './serve.js';

/**
 * The owner's thread. A blocked kernel hears of nothing but messages and the counter, the thread's own end included: so
 * the guard stands before anything is loaded that could fail.
 */
let heartbeat = (): void => {};
let reason = '';
let lastWord: Post = () => {};
setInterval(() => heartbeat(), HEARTBEAT_MS).unref();
process.on('uncaughtExceptionMonitor', (error) => {
  reason = `: ${failureOf(error).cause}`;
});
process.on('exit', (code) => lastWord({ type: 'gone', detail: `exit code ${code}${reason}` }));

let serving: Promise<typeof import('./serve.js')> | null = null;

const rest = serveTasks<ThreadData>((data) => {
  const counter = new Int32Array(data.counter);
  const post: Post = (answer, transfers = []) => {
    data.port.postMessage(answer, [...transfers]);
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  };
  lastWord = post;
  heartbeat = () => void Atomics.add(counter, HEARTBEAT, 1);
  // At once: a thread that ends before its first interval has lived, too.
  heartbeat();
  serving ??= import('./serve.js');
  void serving.then(({ serve }) => serve(data, post, () => rest()));
});
/** Resolves when the first task is served. Nothing waits for it here: CommonJS, which bundlers may make of this, can't. */
export const served: Promise<unknown> | null = serving;
