import { runInThisContext } from 'node:vm';

/**
 * The global object and the process of this thread. Test runners give each test file copies of both: those emit nothing when
 * the process ends, and what is kept on them the other copies of this package don't find.
 */
export const theGlobal = runInThisContext('globalThis') as typeof globalThis & Record<symbol, unknown>;
export const theProcess = theGlobal.process;

/**
 * What passes for Node here may be Deno. Each of its threads has fds of its own: a number of one is nothing in another. And
 * it tells of no 'exit' when an exception ends it.
 */
export const isDeno = theProcess.versions.deno !== undefined;

/**
 * 'exit' is being told, or was. Node has no public word for it; where there is none at all, nothing is known of what is
 * changed behind our hooks.
 */
export const isExiting = (): boolean => (theProcess as { readonly _exiting?: boolean })._exiting === true;

/** In Deno, calls back when an exception is about to end the process; returns what ends that. */
export function beforeUncaught(listener: () => void): () => void {
  const target: unknown = theGlobal;
  if (!(target instanceof EventTarget)) return () => {};
  const events = ['error', 'unhandledrejection'];
  for (const event of events) target.addEventListener(event, listener);
  return () => {
    for (const event of events) target.removeEventListener(event, listener);
  };
}
