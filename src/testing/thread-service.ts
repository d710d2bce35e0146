import { parentPort, workerData } from 'node:worker_threads';
import { packError, type ThreadCall, type ThreadMessage } from './thread-messages.js';

/** What a server's thread must have: where it is reached, and how it ends. All other functions can be called, too. */
interface Controlled {
  readonly url: string;
  readonly storageUrl: string;
  close(): Promise<void>;
}

/**
 * Starts a server in this thread and answers the calls of the thread that started it: a blocked main thread can still
 * talk to the server over HTTP.
 */
export async function serveInThread<Settings>(
  start: (settings: Settings) => Promise<Controlled>,
): Promise<void> {
  const port = parentPort;
  if (!port)
    throw new Error('This module runs as a worker thread; call the function that starts it instead.');
  const tell = (message: ThreadMessage): void => port.postMessage(message);
  try {
    const server = await start(workerData);
    port.on('message', async ({ id, method, args }: ThreadCall) => {
      try {
        tell({ type: 'answer', id, value: await call(server, method, args) });
        // With its port closed and its servers down, nothing keeps the thread.
        if (method === 'close') port.close();
      } catch (error) {
        tell({ type: 'error', id, error: packError(error) });
      }
    });
    tell({ type: 'listening', url: server.url, storageUrl: server.storageUrl });
  } catch (error) {
    tell({ type: 'failed', error: packError(error) });
  }
}

/** The other end is `thread-client.ts`, which types each method's arguments. */
function call(server: object, method: string, args: readonly unknown[]): unknown {
  const target: unknown = Reflect.get(server, method);
  if (typeof target !== 'function') throw new TypeError(`There is no '${method}' in this thread.`);
  return Reflect.apply(target, server, args);
}
