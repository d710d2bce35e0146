import { isMainThread } from 'node:worker_threads';
import type { TreePath } from '../contract/tree-path.js';
import { beforeUncaught, isDeno, theGlobal, theProcess } from '../platform/realm.js';
import { monotonicClock } from '../platform/time.js';
import { type Left, linesOf, report } from './left.js';

/** What keeps acknowledged content of one kernel, as the end of the process sees it. */
export interface Keeper {
  /** Something acknowledged isn't durable. */
  isPending(): boolean;
  /** Are signals to be waited with while something is pending? */
  readonly isHeldAgainstSignals: boolean;
  /** Hands over what is open and changed, and sends all that waits; waits for nothing. */
  begin(): void;
  /** Blocks until everything is durable or the time is over, where it can block; returns what is left. */
  drain(startedAt: number): readonly Left[];
  /** As `drain`, without blocking. */
  drainLater(startedAt: number): Promise<readonly Left[]>;
  /** What could be sent was sent: private files go. @param isLast nothing is changed any more */
  removeFiles(isLast: boolean): void;
}

/** What Jest's runner has of a test file: functions that it awaits at each of its events (jest-circus). */
type JestHandlers = ((event: { readonly name: string }) => void | Promise<void>)[];
/** What Vitest's worker has for those who have something to do before it ends. */
interface VitestWorker {
  onCleanup?(cleanUp: () => Promise<void>): void;
}

const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');

type TestRealm = typeof globalThis & {
  readonly [EVENT_HANDLERS]?: JestHandlers;
  readonly __vitest_worker__?: VitestWorker;
};

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/**
 * Takes care of acknowledged content when the thread or its process ends:
 *
 * - The event loop has run empty ('beforeExit'): what waits is sent, what is open is handed over; that keeps it alive.
 * - 'exit' (`process.exit`, an exception that nobody catches, a natural end): all is drained, blocking; what is left is
 *   named, and an exit code of 0 becomes 1. That is first of all, for any other listener may end the process by an exception
 *   or by `process.exit`; what those change is drained behind each of their calls (`kernel/operation/at-end.ts`).
 * - A signal that would end the process, with something pending and no listener of the program's own: drained first,
 *   then the same signal again. A second one ends the process at once.
 * - A test runner that ends its workers by force waits first.
 *
 * Private files go last of all, whichever kernels they are of.
 */
class Lifecycle {
  private readonly keepers = new Set<Keeper>();
  /** What was reported as left. */
  private readonly reported = new WeakMap<Keeper, ReadonlySet<TreePath>>();
  /** The test runners that wait, by what they have for that: each hears of it once, of however many copies. */
  private readonly runners = new WeakSet<object>();
  private ignoreUncaught = (): void => {};
  private isListeningToSignals = false;
  /** A signal ends the process: the next one is none of ours. */
  private isEnding = false;
  /** No listener of ours will remove private files: those that are made now go at once. */
  private isCleared = true;

  /** @returns ends that care */
  keep(keeper: Keeper): () => void {
    if (this.keepers.size === 0) {
      theProcess.on('beforeExit', this.onEmpty);
      theProcess.prependListener('exit', this.onExit);
      theProcess.on('exit', this.onLast);
      if (isDeno) this.ignoreUncaught = beforeUncaught(this.onUncaught);
    }
    this.keepers.add(keeper);
    return () => {
      if (!this.keepers.delete(keeper) || this.keepers.size > 0) return;
      theProcess.off('beforeExit', this.onEmpty);
      theProcess.off('exit', this.onExit);
      theProcess.off('exit', this.onLast);
      this.ignoreUncaught();
      this.updateSignals();
    };
  }

  /** Something has become pending, or isn't any more: signals are listened to only while it matters. */
  updateSignals(): void {
    // A thread hears of none.
    if (!isMainThread || this.isEnding) return;
    let isWanted = false;
    for (const keeper of this.keepers) isWanted ||= keeper.isHeldAgainstSignals && keeper.isPending();
    if (isWanted === this.isListeningToSignals) return;
    this.isListeningToSignals = isWanted;
    for (const signal of SIGNALS) {
      // First of all, for a listener of the program's that hears of one signal only is gone when it has heard it.
      if (isWanted) theProcess.prependListener(signal, this.onSignal);
      else theProcess.off(signal, this.onSignal);
    }
  }

  /**
   * Has a test runner wait for what a test file leaves behind, where there is one. Jest ends its children half a second
   * after their last test, and Vitest its workers at once, whatever still goes on in them; both await lists of their own
   * first. These are no public API: where they are missing the process ends like all others.
   *
   * @param realm the global object of the test file
   */
  waitBeforeTestsEnd({ [EVENT_HANDLERS]: handlers, __vitest_worker__: worker }: TestRealm): void {
    if (handlers && !this.runners.has(handlers)) {
      this.runners.add(handlers);
      handlers.push(async ({ name }) => {
        if (name === 'run_finish') await this.afterTests();
      });
    }
    if (worker && !this.runners.has(worker)) {
      this.runners.add(worker);
      worker.onCleanup?.(() => this.beforeKill());
    }
  }

  /**
   * The tests of a file have ended: sends what waits, and waits for it. Rejects where something is left, for the exit code
   * of a test runner's worker tells nobody.
   */
  private async afterTests(): Promise<void> {
    const startedAt = monotonicClock();
    this.onEmpty();
    const lost = (
      await Promise.all([...this.keepers].map((keeper) => this.newlyLost(keeper, startedAt)))
    ).flat();
    if (lost.length > 0) throw new Error(linesOf(lost).join('').trimEnd());
  }

  /** What a file has lost fails that file, not each that the same worker runs after it. */
  private async newlyLost(keeper: Keeper, startedAt: number): Promise<readonly Left[]> {
    const left = await keeper.drainLater(startedAt);
    return this.unreported(
      keeper,
      left.filter(({ isKept }) => !isKept),
    );
  }

  /** What hasn't been reported yet; now it is. */
  private unreported(keeper: Keeper, left: readonly Left[]): readonly Left[] {
    const reported = this.reported.get(keeper) ?? new Set();
    const fresh = left.filter(({ path }) => !reported.has(path));
    this.reported.set(keeper, new Set([...reported, ...fresh.map(({ path }) => path)]));
    return fresh;
  }

  /** Nothing comes after it: the worker of a test runner is ended without a word. */
  private async beforeKill(): Promise<void> {
    const startedAt = monotonicClock();
    this.onEmpty();
    this.end(await this.leftLater(startedAt));
  }

  private readonly onEmpty = (): void => {
    for (const keeper of this.keepers) keeper.begin();
  };

  private readonly onExit = (): void => {
    this.isCleared = false;
    this.drainAtEnd();
  };

  drainAtEnd(): void {
    const startedAt = monotonicClock();
    this.onEmpty();
    const left = [...this.keepers].flatMap((keeper) => this.unreported(keeper, keeper.drain(startedAt)));
    if (!Number(theProcess.exitCode ?? 0) && left.some(({ isKept }) => !isKept)) theProcess.exitCode = 1;
    report(left);
    if (this.isCleared) this.removeFiles(false);
  }

  /** Behind the listeners that were there before us. */
  private readonly onLast = (): void => {
    this.isCleared = true;
    this.removeFiles(theProcess.listeners('exit').at(-1) === this.onLast);
  };

  /** Somebody may still prevent the end, so private files stay. */
  private readonly onUncaught = (): void => {
    const startedAt = monotonicClock();
    this.onEmpty();
    report([...this.keepers].flatMap((keeper) => keeper.drain(startedAt)));
  };

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    if (theProcess.listenerCount(signal) > 1) return;
    // The default action is back from here on: who can't wait sends it again.
    this.isEnding = true;
    for (const each of SIGNALS) theProcess.off(each, this.onSignal);
    const startedAt = monotonicClock();
    this.onEmpty();
    for (const keeper of this.keepers) keeper.drain(startedAt);
    void this.leftLater(startedAt).then((left) => {
      this.end(left);
      theProcess.kill(theProcess.pid, signal);
    });
  };

  private async leftLater(startedAt: number): Promise<readonly Left[]> {
    const lefts = await Promise.all([...this.keepers].map((keeper) => keeper.drainLater(startedAt)));
    return lefts.flat();
  }

  private end(left: readonly Left[]): void {
    report(left);
    this.removeFiles(true);
  }

  private removeFiles(isLast: boolean): void {
    const errors: unknown[] = [];
    for (const keeper of this.keepers) {
      try {
        keeper.removeFiles(isLast);
      } catch (error) {
        // One disk that refuses is no reason to leave the files of the others.
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

/** One for all copies of the package in a thread, of which a test runner loads one a test file. The number is its shape's. */
const SHARED = Symbol.for('wandb-fs.lifecycle.3');

function shared(): Lifecycle {
  theGlobal[SHARED] ??= new Lifecycle();
  return theGlobal[SHARED] as Lifecycle;
}

/** Takes care of a kernel's content from now on; see `Lifecycle`. Returns what ends that care. */
export function keep(keeper: Keeper): () => void {
  shared().waitBeforeTestsEnd(globalThis);
  return shared().keep(keeper);
}

/** Once 'exit' is told: sends what is pending, of all kernels, and blocks until it is durable or the time is over. */
export const drainAtEnd = (): void => shared().drainAtEnd();

export const updateSignals = (): void => shared().updateSignals();
