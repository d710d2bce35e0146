import { runInThisContext } from 'node:vm';

/**
 * The process and the global object of this thread. Test runners give each test file copies of both, which emit nothing
 * when the process ends; only the real ones hear of that.
 */
export const theProcess = runInThisContext('process') as NodeJS.Process;
export const theGlobal = runInThisContext('globalThis') as typeof globalThis & Record<symbol, unknown>;
