import { serveTasks } from '../../threads/idle-threads.js';
import { BEAT, BEAT_MS } from '../beat.js';
import { failureOf } from '../failure-of.js';
import type { ThreadData } from '../protocol.js';
import type { Post } from './serve.js';

/**
 * The owner's thread. A blocked kernel hears of nothing but messages and the counter, the thread's own end included: so
 * the guard stands before anything is loaded that could fail.
 */
let beat = (): void => {};
let reason = '';
let lastWord: Post = () => {};
setInterval(() => beat(), BEAT_MS).unref();
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
  beat = () => void Atomics.add(counter, BEAT, 1);
  // At once: a thread that ends before its first interval has lived, too.
  beat();
  serving ??= import('./serve.js');
  void serving.then(({ serve }) => serve(data, post, () => rest()));
});
// Whoever imports this file finds the first task served.
await serving;
