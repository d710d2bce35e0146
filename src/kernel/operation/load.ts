import { FAULTS } from '../../contract/channels.js';
import { Failure } from '../../contract/failure.js';
import {
  type Args,
  type Call,
  type LocalEvent,
  type Method,
  READS,
  type Remote,
  type Reply,
  type TakePage,
  type Value,
} from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';
import { monotonicClock } from '../../platform/time.js';
import { Fault } from './operation.js';

type Waited = Extract<LocalEvent, { type: 'waited' }>;

/** One request to the owner of the remote, shared by all who need its outcome (single flight). */
export class Load {
  failure: Failure | null = null;
  isSettled = false;
  /** Its last waiter has left: whoever comes now needs a load of his own. */
  isCancelled = false;
  private readonly waiters = new Set<() => void>();
  /** A sync caller, or the load's starter, may need the outcome without waiting in the event loop. */
  private isKept = false;
  private readonly call: Call;

  constructor(
    private readonly remote: Remote,
    private readonly about: { readonly method: Method; readonly args: Args<Method> },
    private readonly onWaited: (waited: Waited) => void,
    send: (load: Load) => Call,
  ) {
    this.call = send(this);
  }

  settle(failure: Failure | null): void {
    this.failure = failure;
    this.isSettled = true;
    for (const wake of this.waiters) wake();
    this.waiters.clear();
  }

  /** Blocks this thread until the load is settled. @param subject see `Waiting` */
  waitSync(subject?: TreePath): void {
    this.isKept = true;
    const tell = this.isSettled ? null : this.watch(true, subject);
    try {
      this.remote.wait(this.call);
      tell?.(this.failure);
    } catch (error) {
      if (error instanceof Failure) tell?.(error);
      // Where sync calls can't wait at all the load goes on, for the next one to find what it brought.
      if (error instanceof Failure && error.code === 'ETIMEDOUT') {
        this.isKept = false;
        this.endUnlessWanted();
      }
      throw error;
    }
  }

  /**
   * Calls back when the load is settled, as that happens: by the event loop or in a blocked thread. Who leaves before
   * isn't called, and the last waiter to leave cancels the load.
   *
   * @returns leaves
   */
  listen(wake: () => void): () => void {
    this.waiters.add(wake);
    return () => {
      if (this.waiters.delete(wake)) this.endUnlessWanted();
    };
  }

  /** Resolves when the load is settled, or when `signal` aborts; the last waiter to leave cancels the load. */
  wait(signal: AbortSignal | undefined, subject?: TreePath): Promise<void> {
    if (this.isSettled || signal?.aborted) return Promise.resolve();
    this.remote.want(this.call);
    const tell = this.watch(false, subject);
    const waited = new Promise<void>((resolve) => {
      const leave = (): void => {
        this.waiters.delete(wake);
        this.endUnlessWanted();
        resolve();
      };
      const stopHearing = signal && onAbort(signal, leave);
      const wake = (): void => {
        stopHearing?.();
        resolve();
      };
      this.waiters.add(wake);
    });
    // Behind the commit that settles it: whoever listens may call again.
    return tell ? waited.then(() => tell(this.isSettled ? this.failure : new Failure('ECANCELED'))) : waited;
  }

  /** Takes the time that somebody waits; null: nobody listens to that. */
  private watch(isBlocking: boolean, subject?: TreePath): ((failure: Failure | null) => void) | null {
    if (!FAULTS.hasSubscribers) return null;
    const { method, args } = this.about;
    const startedAt = monotonicClock();
    return (failure) => {
      const milliseconds = monotonicClock() - startedAt;
      const path = subject ?? subjectOf(args);
      this.onWaited({ type: 'waited', method, path, milliseconds, isBlocking, failure });
    };
  }

  /** Resolves when the load is settled; an abort asks the owner to end it, who may be too late for that. */
  async waitForEnd(signal: AbortSignal | undefined): Promise<void> {
    const end = (): void => this.remote.cancel(this.call);
    if (signal?.aborted) end();
    const stopHearing = signal && onAbort(signal, end);
    try {
      await this.wait(undefined);
    } finally {
      stopHearing?.();
    }
  }

  /** Nobody who waits for it needs it, if nobody does. */
  endUnlessWanted(): void {
    if (this.waiters.size === 0 && !this.isKept) this.cancel();
  }

  /** Whoever waits gets ECANCELED; a mutation goes on. */
  cancel(): void {
    if (!READS.has(this.about.method) || this.isSettled) return;
    this.isCancelled = true;
    this.remote.cancel(this.call);
  }
}

/** What a message is about, where that is one thing. */
function subjectOf(args: Args<Method>): TreePath | null {
  if ('path' in args) return args.path;
  if ('entry' in args) return args.entry.path;
  const [first, second] = 'files' in args ? args.files : 'moves' in args ? args.moves : [];
  if (!first || second) return null;
  return 'from' in first ? first.from : first.path;
}

interface Heard {
  readonly leaving: Set<() => void>;
  readonly hear: () => void;
}

const heard = new WeakMap<AbortSignal, Heard>();

/**
 * Calls of one signal share a listener: of more than ten Node warns as of a leak, and its own calls on files have none.
 *
 * @returns ends it
 */
function onAbort(signal: AbortSignal, leave: () => void): () => void {
  const { leaving, hear } = heard.get(signal) ?? beginHearing(signal);
  leaving.add(leave);
  return () => {
    leaving.delete(leave);
    if (leaving.size > 0) return;
    heard.delete(signal);
    signal.removeEventListener('abort', hear);
  };
}

function beginHearing(signal: AbortSignal): Heard {
  const leaving = new Set<() => void>();
  const hear = (): void => {
    for (const leave of [...leaving]) leave();
  };
  signal.addEventListener('abort', hear, { once: true });
  const made = { leaving, hear };
  heard.set(signal, made);
  return made;
}

/**
 * Takes what came, synchronously; a failure it handles itself it returns as null, any other goes to all who wait.
 */
export type Commit<M extends Method> = (value: Value<M> | null, failure: Failure | null) => Failure | null;

/** The loads on their way, by what they bring. */
export class Loads {
  private readonly byKey = new Map<string, Load>();

  /** @param onWaited hears that somebody has waited for one, where somebody listens to that */
  constructor(
    private readonly remote: Remote,
    private readonly onWaited: (waited: Waited) => void = () => {},
  ) {}

  /** How many there are. */
  get size(): number {
    return this.byKey.size;
  }

  /** One that brings this, and that nobody has given up. */
  running(key: string): Load | null {
    const load = this.byKey.get(key);
    return load && !load.isCancelled ? load : null;
  }

  /** Ends all loads that change nothing. */
  cancelAll(): void {
    for (const load of [...this.byKey.values()]) load.cancel();
  }

  /** What throws it waits for such a load. */
  fault<M extends Method>(key: string, method: M, args: Args<M>, commit: Commit<M>): Fault {
    return new Fault(key, () => this.start(key, method, args, commit));
  }

  /** Starts a load, or joins the one of this key. */
  start<M extends Method>(key: string, method: M, args: Args<M>, commit: Commit<M>, take?: TakePage): Load {
    const running = this.running(key);
    if (running) return running;
    const load: Load = new Load(this.remote, { method, args }, this.onWaited, (self) => {
      const settle = (reply: Reply<M>): void => {
        // A cancelled load may have been replaced under its key already.
        if (this.byKey.get(key) === self) this.byKey.delete(key);
        self.settle(outcomeOf(() => (reply.ok ? commit(reply.value, null) : commit(null, reply.failure))));
      };
      return this.remote.call(method, args, settle, take);
    });
    if (!load.isSettled) this.byKey.set(key, load);
    return load;
  }
}

/** A commit that throws is a bug of ours; those who wait go on all the same, and hear of it. */
function outcomeOf(commit: () => Failure | null): Failure | null {
  try {
    return commit();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    return new Failure(
      'EIO',
      'Internal error: an answer could not be taken in. Please report it.',
      String(thrown),
    );
  }
}
