import { isMainThread } from 'node:worker_threads';
import type { TreePath } from '../contract/tree-path.js';
import { disk } from '../platform/disk.js';
import { beforeUncaught, isDeno, theGlobal, theProcess } from '../platform/realm.js';
import { monotonicClock } from '../platform/time.js';

const { writeSync } = disk;

/** Acknowledged content that is not on the server when its process ends, and why, where that is known. */
export interface Left {
  readonly path: TreePath;
  readonly reason: string;
  /** A journal has it: the next start sends it. */
  readonly isKept: boolean;
}

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
  /** Nothing is read any more: private files go. */
  removeFiles(): void;
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
const STDERR = 2;
const MOST_NAMED = 20;
/**
 * Nobody reads it any more, a terminal is gone, a pipe is full: it can't be told elsewhere, and the exit code still
 * tells.
 */
const UNHEARD = new Set(['EPIPE', 'EIO', 'EAGAIN', 'EBADF']);

/**
 * Takes care of acknowledged content when the thread or its process ends:
 *
 * - The event loop has run empty ('beforeExit'): what waits is sent, what is open is handed over; that keeps it alive.
 * - 'exit' (`process.exit`, an exception that nobody catches, a natural end): all is drained, blocking; what is left is
 *   named, and an exit code of 0 becomes 1.
 * - A signal that would end the process, with something pending and no listener of the program's own: drained first,
 *   then the same signal again. A second one ends the process at once.
 * - A test runner that ends its workers by force waits first.
 *
 * Private files go last of all, whichever kernels they are of.
 */
class Lifecycle {
  private readonly keepers = new Set<Keeper>();
  /** What was reported to a test runner as lost. */
  private readonly reported = new WeakMap<Keeper, ReadonlySet<TreePath>>();
  /** The test runners that wait, by what they have for that: each hears of it once, of however many copies. */
  private readonly runners = new WeakSet<object>();
  private ignoreUncaught = (): void => {};
  private isListeningToSignals = false;
  /** A signal ends the process: the next one is none of ours. */
  private isEnding = false;

  /** @returns ends that care */
  keep(keeper: Keeper): () => void {
    if (this.keepers.size === 0) {
      theProcess.on('beforeExit', this.onEmpty);
      theProcess.on('exit', this.onExit);
      if (isDeno) this.ignoreUncaught = beforeUncaught(this.onUncaught);
    }
    this.keepers.add(keeper);
    return () => {
      if (!this.keepers.delete(keeper) || this.keepers.size > 0) return;
      theProcess.off('beforeExit', this.onEmpty);
      theProcess.off('exit', this.onExit);
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
    const reported = this.reported.get(keeper) ?? new Set();
    const lost = (await keeper.drainLater(startedAt)).filter(
      ({ path, isKept }) => !isKept && !reported.has(path),
    );
    this.reported.set(keeper, new Set([...reported, ...lost.map(({ path }) => path)]));
    return lost;
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

  private readonly onExit = (exitCode: number): void => {
    const startedAt = monotonicClock();
    this.onEmpty();
    const left = [...this.keepers].flatMap((keeper) => keeper.drain(startedAt));
    if (exitCode === 0 && left.some(({ isKept }) => !isKept)) theProcess.exitCode = 1;
    this.end(left);
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
    const errors: unknown[] = [];
    for (const keeper of this.keepers) {
      try {
        keeper.removeFiles();
      } catch (error) {
        // One disk that refuses is no reason to leave the files of the others.
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

/** Names what is left, a line each. */
function linesOf(left: readonly Left[]): readonly string[] {
  const byPath = new Map(left.map((each) => [each.path, each]));
  const lines = [...byPath.values()].slice(0, MOST_NAMED).map(({ path, reason, isKept }) => {
    const what = isKept ? 'not uploaded yet, the next start sends it from the journal' : 'not uploaded';
    return `wandb-fs: ${what}: ${path}: ${reason}\n`;
  });
  if (byPath.size > MOST_NAMED) lines.push(`wandb-fs: not uploaded: and ${byPath.size - MOST_NAMED} more\n`);
  return lines;
}

function report(left: readonly Left[]): void {
  if (left.length === 0) return;
  try {
    // The process doesn't wait for its own streams.
    writeSync(STDERR, linesOf(left).join(''));
  } catch (error) {
    if (!UNHEARD.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** One for all copies of the package in a thread, of which a test runner loads one a test file. The number is its shape's. */
const SHARED = Symbol.for('wandb-fs.lifecycle.2');

function shared(): Lifecycle {
  theGlobal[SHARED] ??= new Lifecycle();
  return theGlobal[SHARED] as Lifecycle;
}

/** Takes care of a kernel's content from now on; see `Lifecycle`. Returns what ends that care. */
export function keep(keeper: Keeper): () => void {
  shared().waitBeforeTestsEnd(globalThis);
  return shared().keep(keeper);
}

export const updateSignals = (): void => shared().updateSignals();
