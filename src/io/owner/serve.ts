import { HEARD } from '../../contract/counters.js';
import { EntryPage } from '../../contract/entry-page.js';
import type { Method, Reply } from '../../contract/remote.js';
import type { Outbox } from '../outbox.js';
import { type Answer, packReply, type Request, type ThreadData, unpackContent } from '../protocol.js';
import { createLateOwner } from './late-owner.js';
import { Paging } from './paging.js';
import { ThreadContents } from './thread-contents.js';

/**
 * Serves an owner of the remote at a port, until it is closed.
 *
 * @param onClosed is called before the answer that says so is sent
 */
export function serve(
  { port, store, counts: shared, ...options }: ThreadData,
  outbox: Outbox<Answer>,
  onClosed: () => void,
): void {
  const { post } = outbox;
  const contents = new ThreadContents(post);
  const counts = new BigInt64Array(shared);
  const meter = { counts, isHeard: () => Atomics.load(counts, HEARD) !== 0n };
  const owner = createLateOwner(store, { ...options, contents, meter });
  owner.onEvent = (event) => post({ type: 'event', event });
  const running = new Map<number, Running>();

  const answer = (id: number, method: Method, reply: Reply<Method>): void => {
    const { transfers, ...packed } = packReply(method, reply);
    post({ type: 'reply', id, ...packed }, transfers);
  };

  const run = (request: Request): void => {
    if (request.type === 'content') {
      contents.receive(request.opening, unpackContent(request));
      return;
    }
    const { id } = request;
    if (request.type === 'taken') {
      running.get(id)?.paging.taken();
      return;
    }
    if (request.type === 'cancel') {
      running.get(id)?.controller.abort();
      return;
    }
    const controller = new AbortController();
    const paging = new Paging((entries) => {
      post({ type: 'page', id, packed: EntryPage.of(entries).columns });
    });
    running.set(id, { controller, paging });
    const { method, args, isPaged } = request;
    void owner.handle(method, args, controller.signal, isPaged ? paging.tell : undefined).then((reply) => {
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

interface Running {
  readonly controller: AbortController;
  readonly paging: Paging;
}
