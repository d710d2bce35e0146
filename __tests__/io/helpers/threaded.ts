import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Args, Method, Remote, RemoteEvent, Reply, Value } from '../../../src/contract/remote.js';
import { createThreadRemote, type ThreadRemoteOptions } from '../../../src/io/client/thread-remote.js';
import type { MemoryStoreOptions } from '../../../src/store/memory.js';
import { defaults } from '../../helpers/defaults.js';
import { handed } from './handed.js';
import { asking, UNIT } from './owned.js';

export const threadNamed = (name: string): URL => pathToFileURL(join(__dirname, '../threads', name));

const running: Remote[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((remote) => asking(remote)('close', {})));
});

/** An owner in a real thread, over a store in memory with an empty unit `e/p/r`; it is closed behind the test. */
export function threaded(options: MemoryStoreOptions & Partial<ThreadRemoteOptions> = {}) {
  const {
    workerUrl = null,
    syncTimeout = defaults.syncTimeout,
    writebackDelay = 60_000,
    ...memory
  } = options;
  const store = { kind: 'memory', options: { directories: [UNIT], ...memory } } as const;
  const remote = createThreadRemote({
    ...defaults,
    store,
    writebackDelay,
    workerUrl,
    syncTimeout,
  });
  remote.contents = handed;
  running.push(remote);
  const events: RemoteEvent[] = [];
  remote.onEvent = (event) => events.push(event);
  return {
    ...{ remote, events, ask: asking(remote) },
    /** Blocks for the answer. */
    askSync: <M extends Method>(method: M, args: Args<M>): Value<M> => {
      const replies: Reply<M>[] = [];
      remote.wait(remote.call(method, args, (reply) => replies.push(reply)));
      const [reply] = replies;
      if (!reply || replies.length > 1) throw new Error(`${replies.length} replies`);
      if (!reply.ok) throw reply.failure;
      return reply.value;
    },
  };
}
