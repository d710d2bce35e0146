import { HEARD } from '../../contract/counters.js';
import type { Method, Reply } from '../../contract/remote.js';
import { packReply, type Request, type ThreadData } from '../protocol.js';
import { createLateOwner } from './late-owner.js';
import type { Outbox } from './outbox.js';
import { ThreadContents } from './thread-contents.js';

/**
 * Serves an owner of the remote at a port, until it is closed.
 *
 * @param onClosed is called before the answer that says so is sent
 */
export function serve(
  { port, store, counts: shared, ...options }: ThreadData,
  outbox: Outbox,
  onClosed: () => void,
): void {
  const { post } = outbox;
  const contents = new ThreadContents(post);
  const counts = new BigInt64Array(shared);
  const meter = { counts, isHeard: () => Atomics.load(counts, HEARD) !== 0n };
  const owner = createLateOwner(store, { ...options, contents, meter });
  owner.onEvent = (event) => post({ type: 'event', event });
  const running = new Map<number, AbortController>();

  const answer = (id: number, method: Method, reply: Reply<Method>): void => {
    const packed = packReply(method, reply);
    post({ type: 'reply', id, reply: packed.reply }, packed.transfers);
  };

  const run = (request: Request): void => {
    if (request.type === 'content') {
      contents.receive(request.opening, request.content);
      return;
    }
    const { id } = request;
    if (request.type === 'cancel') {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    const { method, args } = request;
    void owner.handle(method, args, controller.signal).then((reply) => {
      running.delete(id);
      if (method === 'close' && reply.ok) onClosed();
      answer(id, method, reply);
      if (method !== 'close') return;
      outbox.flush();
      port.close();
    });
  };
  port.on('message', (requests: readonly Request[]) => {
    for (const request of requests) run(request);
  });
}
