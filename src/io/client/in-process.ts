import type { Config } from '../../config/config.js';
import { REQUESTS } from '../../contract/channels.js';
import { COUNTS, remoteCounters } from '../../contract/counters.js';
import type { Entries } from '../../contract/entry-page.js';
import { Failure } from '../../contract/failure.js';
import {
  type Args,
  type Call,
  type Method,
  NO_CONTENTS,
  NO_ENDING,
  type Remote,
  type Reply,
  type TakePage,
} from '../../contract/remote.js';
import { monotonicClock, nextTurn, queueMicrotask, throwLater, waitAtMost } from '../../platform/time.js';
import type { Meter } from '../../wire/api/exchanges.js';
import type { Left } from '../left.js';
import { drainAtEnd, keep, updateSignals } from '../lifecycle.js';
import type { Owner } from '../owner/owner.js';
import type { OwnerContents } from '../upload/upload.js';
import { Ledger } from './ledger.js';

class LocalCall implements Call {
  isSettled = false;
  readonly controller = new AbortController();
}

interface InProcessOptions extends Pick<Config, 'exitFlushMs' | 'exitSignals'> {
  /** What a sync call gets that would have to wait: 'off' is ENOTSUP, 'cache-only' EAGAIN while the load goes on. */
  readonly sync: 'off' | 'cache-only';
}

/**
 * The owner in the kernel's own thread: no call can be waited for.
 *
 * @param createOwner gets where the owner opens what was handed over, and where it counts
 */
export function createInProcessRemote(
  createOwner: (contents: OwnerContents, meter: Omit<Meter, 'hear'>) => Owner,
  { sync, exitFlushMs, exitSignals }: InProcessOptions,
): Remote {
  /** Made by the first submission: until then nothing can be lost. */
  let ledger: Ledger | null = null;
  /** The calls that have no answer yet. */
  const open = new Set<LocalCall>();
  const counts = new BigInt64Array(COUNTS);
  const owner = createOwner(
    { open: async (id) => remote.contents.open(id), close: (id) => remote.contents.close(id) },
    { counts, isHeard: () => REQUESTS.hasSubscribers },
  );
  const left = (): readonly Left[] => ledger?.left(CANNOT_WAIT, remote.ending.isKept) ?? [];
  const flush = (): Promise<unknown> =>
    new Promise((resolve) => {
      remote.call('flush', { inos: null }, resolve);
    });
  const unregister = keep({
    isPending: () => ledger?.isPending ?? false,
    isHeldAgainstSignals: exitSignals,
    begin: () => {
      remote.ending.submit();
      if (ledger?.isBusy) void flush();
    },
    drain: left,
    drainLater: async (startedAt) => {
      const rest = startedAt + exitFlushMs - monotonicClock();
      if (ledger?.isPending && rest > 0) await waitAtMost(rest, flush());
      return left();
    },
    removeFiles: (isLast) => remote.ending.removeFiles(isLast),
  });
  const remote: Remote = {
    shape: owner.shape,
    counters: () => remoteCounters(counts, ledger?.size ?? 0),
    onEvent: () => {},
    contents: NO_CONTENTS,
    ending: NO_ENDING,

    call: <M extends Method>(
      method: M,
      args: Args<M>,
      commit: (reply: Reply<M>) => void,
      take?: TakePage,
    ): Call => {
      const call = new LocalCall();
      // Nobody waits for what a refused sync call began, and its retries would keep the process alive.
      if (method === 'close') for (const { controller } of open) controller.abort();
      open.add(call);
      if (method === 'submit') ledger ??= new Ledger(updateSignals);
      ledger?.onCall(method, args);
      const tell = async (entries: Entries): Promise<void> => {
        throwLater(() => take?.(entries));
        // Where pages come without a request there would be no turn between them.
        await nextTurn();
      };
      const handling = owner.handle(method, args, call.controller.signal, take && tell);
      void handling.then((reply) => {
        call.isSettled = true;
        open.delete(call);
        ledger?.onReply(method, args, reply);
        if (method === 'close') {
          ledger?.clear();
          unregister();
        }
        throwLater(() => commit(reply));
      });
      return call;
    },

    // The event loop is kept by its sockets.
    want: () => {},

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
      throw cannotWait(owner.shape.keeper);
    },

    assertCanWait: () => {
      throw cannotWait(owner.shape.keeper);
    },

    drainAtEnd,
  };
  owner.onEvent = (event) => {
    ledger?.onEvent(event);
    // Never in the middle of a call: the kernel commits one thing at a time.
    queueMicrotask(() => throwLater(() => remote.onEvent(event)));
  };
  return remote;
}

const CANNOT_WAIT =
  "without a thread of its own (`sync: 'off'`, `fetch`, `dispatcher`) nothing can be sent while the process exits: `await fs.wandb.flush()` before";

const cannotWait = (keeper: string): Failure =>
  new Failure(
    'ENOTSUP',
    `A sync call can't wait for ${keeper} with \`sync: 'off'\` or 'cache-only', nor with functions of your own (\`fetch\`, \`dispatcher\`, readers in \`references\`): use the function's promise twin.`,
  );
