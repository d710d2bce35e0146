import { Failure } from '../store/failure.js';
import { onDeparture } from './exit.js';
import { Ledger } from './ledger.js';
import type { Owner } from './owner.js';
import type { Args, Call, Method, Remote, Reply } from './remote.js';
import { throwLater } from './throw-later.js';

class LocalCall implements Call {
  isSettled = false;
  readonly controller = new AbortController();
}

/**
 * The owner in the kernel's own thread: no call can be waited for.
 *
 * @param options.sync what a sync call gets that would have to wait: 'off' is ENOTSUP, 'cache-only' EAGAIN while the
 *   load goes on. @default 'off'
 */
export function createInProcessRemote(
  owner: Owner,
  { sync = 'off' }: { readonly sync?: 'off' | 'cache-only' } = {},
): Remote {
  const ledger = new Ledger();
  const unregister = onDeparture({
    begin: () => {
      if (ledger.isBusy) remote.call('flush', { inos: null }, () => {});
    },
    end: () => ledger.all.map(({ path }) => path),
  });
  /** The calls that have no answer yet. */
  const open = new Set<LocalCall>();
  const remote: Remote = {
    unitDepth: owner.unitDepth,
    hasVersions: owner.hasVersions,
    onEvent: () => {},

    call: <M extends Method>(method: M, args: Args<M>, commit: (reply: Reply<M>) => void): Call => {
      const call = new LocalCall();
      // Nobody waits for what a refused sync call began, and its retries would keep the process alive.
      if (method === 'close') for (const { controller } of open) controller.abort();
      open.add(call);
      ledger.onCall(method, args);
      void owner.handle(method, args, call.controller.signal).then((reply) => {
        call.isSettled = true;
        open.delete(call);
        ledger.onReply(method, args, reply);
        if (method === 'close') unregister();
        throwLater(() => commit(reply));
      });
      return call;
    },

    cancel: (call) => {
      if (call instanceof LocalCall) call.controller.abort();
    },

    wait: (call) => {
      if (call.isSettled) return;
      if (sync === 'cache-only') {
        throw new Failure(
          'EAGAIN',
          "It isn't here yet, and `sync: 'cache-only'` doesn't wait: it is being loaded, try again.",
        );
      }
      throw cannotWait();
    },

    assertCanWait: () => {
      throw cannotWait();
    },
  };
  owner.onEvent = (event) => {
    ledger.onEvent(event);
    // Never in the middle of a call: the kernel commits one thing at a time.
    queueMicrotask(() => throwLater(() => remote.onEvent(event)));
  };
  return remote;
}

const cannotWait = (): Failure =>
  new Failure(
    'ENOTSUP',
    "A sync call can't wait for W&B with `sync: 'off'` or 'cache-only', nor with functions of your own (`fetch`, `dispatcher`, readers in `references`): use the function's promise twin.",
  );
