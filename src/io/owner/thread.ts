import { serveTasks } from '../../threads/own-threads.js';
import { answersTo, type Outbox } from '../outbox.js';
import { type Answer, failureOf, HEARTBEAT, HEARTBEAT_MS, type ThreadData } from '../protocol.js';

/**
 * The thread of the owners of a server. A blocked kernel hears of nothing but messages and the counter, the thread's own end included: so
 * the guard stands before anything is loaded that could fail.
 */
const owners = new Set<{ readonly beat: () => void; readonly outbox: Outbox<Answer> }>();
let reason = '';
setInterval(() => {
  for (const { beat } of owners) beat();
}, HEARTBEAT_MS).unref();
process.on('uncaughtExceptionMonitor', (error) => {
  reason = `: ${failureOf(error).cause}`;
});
process.on('exit', (code) => {
  for (const { outbox } of owners) {
    outbox.post({ type: 'gone', detail: `exit code ${code}${reason}` });
    outbox.flush();
  }
});

let serving: Promise<typeof import('./serve.js')> | null = null;

const rest = serveTasks<ThreadData>((data) => {
  const counter = new Int32Array(data.counter);
  const outbox = answersTo(data.port, counter);
  const owner = { outbox, beat: () => void Atomics.add(counter, HEARTBEAT, 1) };
  owners.add(owner);
  // At once: a thread that ends before its first interval has lived, too.
  owner.beat();
  const onClosed = (): void => {
    owners.delete(owner);
    rest();
  };
  serving ??= import('./serve.js');
  void serving.then(({ serve }) => serve(data, outbox, onClosed));
});
/** Resolves when the first task is served. Nothing waits for it here: CommonJS, which bundlers may make of this, can't. */
export const served: Promise<unknown> | null = serving;
