import { clearTimeout, setTimeout } from 'node:timers';
import { parentPort } from 'node:worker_threads';
import { packError, type ThreadCall, type ThreadMessage, type ThreadStart } from './thread-messages.js';

/** What a server's thread must have: where it is reached, and how it ends. All other functions can be called, too. */
interface Controlled {
  readonly url: string;
  readonly storageUrl: string;
  close(): Promise<void>;
}

/** How long a thread without a server waits for the next one, in milliseconds: as long as between two tests. */
const IDLE_MS = 1000;

/**
 * Starts servers in this thread, one after another, and answers the calls of the thread that started it: a blocked main
 * thread can still talk to the server over HTTP.
 */
export function serveInThread<Settings>(start: (settings: Settings) => Promise<Controlled>): void {
  const port = parentPort;
  if (!port)
    throw new Error('This module runs as a worker thread; call the function that starts it instead.');
  const tell = (message: ThreadMessage): void => port.postMessage(message);
  let server: Controlled | null = null;
  let idle: NodeJS.Timeout | undefined;

  const rest = (): void => {
    server = null;
    // With its port closed and no server, nothing keeps the thread.
    idle = setTimeout(() => port.close(), IDLE_MS);
  };

  const begin = async (settings: Settings): Promise<void> => {
    clearTimeout(idle);
    try {
      server = await start(settings);
      tell({ type: 'listening', url: server.url, storageUrl: server.storageUrl });
    } catch (error) {
      rest();
      tell({ type: 'failed', error: packError(error) });
    }
  };

  const answer = async ({ id, method, args }: ThreadCall): Promise<void> => {
    try {
      const value = await call(server, method, args);
      if (method === 'close') rest();
      tell({ type: 'answer', id, value });
    } catch (error) {
      tell({ type: 'error', id, error: packError(error) });
    }
  };

  port.on('message', (message: ThreadStart | ThreadCall) =>
    'settings' in message ? begin(message.settings as Settings) : answer(message),
  );
}

/** The other end is `thread-client.ts`, which types each method's arguments. */
function call(server: object | null, method: string, args: readonly unknown[]): unknown {
  const target: unknown = server && Reflect.get(server, method);
  if (typeof target !== 'function') throw new TypeError(`There is no '${method}' in this thread.`);
  return Reflect.apply(target, server, args);
}
