import { parentPort, workerData } from 'node:worker_threads';
import { type Control, type ControlCall, type ControlMessage, packError } from './control.js';
import type { Settings } from './options.js';
import { startServer } from './server.js';

/** The server's thread: a blocked main thread can still talk to it over HTTP. */
const port = parentPort;
if (!port) throw new Error('This module runs as a worker thread; call startFakeWandb() instead.');
const tell = (message: ControlMessage): void => port.postMessage(message);
const settings: Settings = workerData;

try {
  const server = await startServer(settings);
  port.on('message', async ({ id, method, args }: ControlCall) => {
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

/** The other end is `index.ts`, which types each method's arguments. */
function call(server: Control, method: ControlCall['method'], args: readonly unknown[]): unknown {
  const target: (...args: readonly unknown[]) => unknown = server[method] as (
    ...args: readonly unknown[]
  ) => unknown;
  return target(...args);
}
