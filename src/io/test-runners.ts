/** What Jest's runner has of a test file: functions that it awaits at each of its events (jest-circus). */
type JestHandlers = ((event: { readonly name: string }) => void | Promise<void>)[];
/** What Vitest's worker has for those who have something to do before it ends. */
interface VitestWorker {
  onCleanup?(cleanUp: () => Promise<void>): void;
}

const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');

let isRegistered = false;

/**
 * Has a test runner wait for what a test file leaves behind, where there is one. Jest ends its children half a second
 * after their last test, and Vitest its workers at once, whatever still goes on in them; both await lists of their own
 * first. These are no public API: where they are missing the process ends like all others.
 */
export function beforeTestsEnd(end: {
  /** The tests of a file have ended. A rejection fails them. */
  readonly afterTests: () => Promise<void>;
  /** The worker is about to be killed. */
  readonly beforeKill: () => Promise<void>;
}): void {
  if (isRegistered) return;
  isRegistered = true;
  const realm = globalThis as typeof globalThis & {
    readonly [EVENT_HANDLERS]?: JestHandlers;
    readonly __vitest_worker__?: VitestWorker;
  };
  realm[EVENT_HANDLERS]?.push(async ({ name }) => {
    if (name === 'run_finish') await end.afterTests();
  });
  realm.__vitest_worker__?.onCleanup?.(end.beforeKill);
}
