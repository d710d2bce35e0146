import { runInThisContext } from 'node:vm';

/**
 * The global object and the process of this thread. Test runners give each test file copies of both: those emit nothing when
 * the process ends, and what is kept on them the other copies of this package don't find.
 */
export const theGlobal = runInThisContext('globalThis') as typeof globalThis & Record<symbol, unknown>;
export const theProcess = theGlobal.process;
