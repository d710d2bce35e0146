import { theProcess } from './realm.js';

/** Node's own, past what a test runner gives in its place (`jest.mock('fs')`, `vi.mock('node:fs')`). */
export const nodeFs = theProcess.getBuiltinModule('node:fs');

export const { constants } = nodeFs;

/**
 * The members of `node:fs` as they are now, on an object of their own: spies, patches and registrations that come later
 * don't change it.
 */
export function copyOfNodeFs(): typeof nodeFs {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(nodeFs));
  const promises = Object.defineProperties({}, Object.getOwnPropertyDescriptors(nodeFs.promises));
  Object.defineProperty(copy, 'promises', { value: promises, enumerable: true });
  return copy as typeof nodeFs;
}

/** How this package reaches the disk itself: nobody else sees that, or stands in its way. */
export const disk = copyOfNodeFs();
