import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveConfig } from '../../../src/config/config.js';
import type { Args, Method, Remote, RemoteEvent, Reply, Value } from '../../../src/contract/remote.js';
import { createThreadRemote, type ThreadRemoteOptions } from '../../../src/io/client/thread-remote.js';
import { defaults } from '../../helpers/defaults.js';
import { STANDARD, startServer } from '../../helpers/server.js';
import { handed } from './handed.js';
import { asking, UNIT } from './owned.js';

export const threadNamed = (name: string): URL => pathToFileURL(join(__dirname, '../threads', name));

const running: Remote[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((remote) => asking(remote)('close', {})));
});

/** An owner in a real thread, over a server with the run `e/p/r` and nothing else; both are closed behind the test. */
export async function threaded({
  files = {},
  latencyMs = 0,
  ...options
}: {
  readonly files?: Readonly<Record<string, Uint8Array>>;
  readonly latencyMs?: number;
} & Partial<Pick<ThreadRemoteOptions, 'workerUrl' | 'syncTimeout'>> = {}) {
  const wandb = await startServer({ ...STANDARD, viewer: { entity: 'e' }, latencyMs });
  await wandb.seed({ [UNIT]: files });
  const config = resolveConfig({ baseUrl: wandb.url, apiKey: wandb.apiKey }, {}).wire.reveal();
  const remote = createThreadRemote({
    ...{ ...defaults, workerUrl: null, writebackDelay: 60_000 },
    ...options,
    store: { kind: 'runs', config },
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
