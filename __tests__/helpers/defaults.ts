import { DEFAULTS, LIMITS } from '../../src/config/defaults.js';

/** What a kernel, an owner or a remote is made with where a test wants nothing else: what a user's is made with. */
export const defaults = {
  ...DEFAULTS,
  ...LIMITS,
  concurrency: null,
  journal: null,
  warn: (): void => {},
  sync: 'off',
  workerUrl: null,
} as const;
