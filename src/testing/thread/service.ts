import { serveTasks } from '../../threads/own-threads.js';
import { packError, type ThreadAnswer, type ThreadCall, type ThreadTask } from './messages.js';

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
export function serveInThread<Settings>(start: (settings: Settings) => Promise<Controlled>): void {
  const rest = serveTasks<ThreadTask>(({ port, settings }) => {
    const tell = (answer: ThreadAnswer, isLast = false): void => {
      if (isLast) rest();
      port.postMessage(answer);
      if (isLast) port.close();
    };

    const answer = async (server: Controlled, { id, method, args }: ThreadCall): Promise<void> => {
      try {
        tell({ id, value: await call(server, method, args) }, method === 'close');
      } catch (error) {
        tell({ id, error: packError(error) });
      }
    };

    start(settings as Settings).then(
      (server) => {
        port.on('message', (message: ThreadCall) => answer(server, message));
        tell({ id: 0, value: { url: server.url, storageUrl: server.storageUrl } });
      },
      (error: unknown) => tell({ id: 0, error: packError(error) }, true),
    );
  });
}

/** The other end is `client.ts`, which types each method's arguments. */
function call(server: object, method: string, args: readonly unknown[]): unknown {
  const target: unknown = Reflect.get(server, method);
  if (typeof target !== 'function') throw new TypeError(`There is no '${method}' in this thread.`);
  return Reflect.apply(target, server, args);
}
