import { Failure } from '../../contract/failure.js';
import { disk } from '../../platform/disk.js';
import { ENDED } from '../../threads/own-threads.js';
import { bundledThreadFile, threadFile } from '../../threads/thread-file.js';
import { HEARTBEAT } from '../protocol.js';

const HOW_TO_BUNDLE =
  "bundle 'wandb-fs/thread' as an entry 'wandb-fs-thread' beside the program, or name its file in the option `workerUrl`.";
const NO_FILE = `The I/O thread's file isn't there: ${HOW_TO_BUNDLE}`;

/** For a thread whose file isn't the owner's. */
export const OTHER_FILE = `The file of \`workerUrl\` isn't the I/O thread's: ${HOW_TO_BUNDLE}`;

/** For a program that was started as the thread of its own filesystem. */
export const NO_PROGRAM = `A thread of this package has no I/O thread of its own: ${HOW_TO_BUNDLE}`;

/**
 * The file that the owner's thread starts with.
 *
 * @param workerUrl the user's, or null
 * @throws Failure ENOTSUP if there is none
 */
export function ownerFile(workerUrl: URL | null): URL {
  if (workerUrl !== null) {
    assertThere(workerUrl);
    return guarded(workerUrl);
  }
  const own = threadFile('io/owner/thread.js');
  if (disk.existsSync(own)) return own;
  const bundled = bundledThreadFile();
  if (bundled !== null) return guarded(bundled);
  throw new Failure('ENOTSUP', NO_FILE, own.pathname);
}

function assertThere(file: URL): void {
  if (file.protocol === 'file:' && !disk.existsSync(file))
    throw new Failure('ENOTSUP', NO_FILE, file.pathname);
}

/** How long a file may be loaded until it serves, in milliseconds. One that waits for something else is never done. */
const LOADING_MS = 10_000;

/**
 * A module that starts a thread's file which isn't this package's own: it may be anything, such as the program that was
 * bundled, and then nobody would ever answer. What has been imported and hasn't begun to serve isn't the thread's file.
 * Who is blocked hears of that, too.
 */
function guarded(file: URL): URL {
  const code = `
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
const { tasks, task } = workerData;
let isTold = false;
const tellUnlessServed = (detail, isOther = true) => {
  if (isTold || Atomics.load(new Int32Array(task.counter), ${HEARTBEAT}) > 0) return;
  isTold = true;
  const tell = ({ port, counter }) => {
    port.postMessage([{ type: 'gone', detail, isOther }]);
    const counts = new Int32Array(counter);
    Atomics.add(counts, 0, 1);
    Atomics.notify(counts, 0);
  };
  // No more tasks come; those that are on their way are told, too.
  Atomics.store(tasks, 0, ${ENDED});
  tell(task);
  for (let next = receiveMessageOnPort(parentPort); next; next = receiveMessageOnPort(parentPort)) tell(next.message);
  parentPort.on('message', tell).unref();
};
let reason = 'it has ended';
process.on('uncaughtExceptionMonitor', (error) => { reason = String(error); });
process.on('exit', () => tellUnlessServed(reason));
setTimeout(() => tellUnlessServed('it is still being loaded', false), ${LOADING_MS}).unref();
try {
  await import(${JSON.stringify(file)});
  tellUnlessServed('it does something else');
} catch (error) {
  // This module's text is its address.
  tellUnlessServed(String(error).replace(/ imported from data:\\S*/, ''));
}`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
