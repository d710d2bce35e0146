import { theGlobal, theProcess } from './realm.js';

/**
 * What passes for Node here may be Deno. Each of its threads has fds of its own: a number of one is nothing in another. And
 * it tells of no 'exit' when an exception ends it.
 */
export const isDeno = theProcess.versions.deno !== undefined;

/** Calls back when an exception is about to end a process that tells of no 'exit' then; returns what ends that. */
export function beforeUncaught(listener: () => void): () => void {
  const target: unknown = theGlobal;
  if (!isDeno || !(target instanceof EventTarget)) return () => {};
  const events = ['error', 'unhandledrejection'];
  for (const event of events) target.addEventListener(event, listener);
  return () => {
    for (const event of events) target.removeEventListener(event, listener);
  };
}
