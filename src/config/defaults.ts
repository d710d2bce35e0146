const MIB = 1024 * 1024;

export const DEFAULT_BASE_URL = 'https://api.wandb.ai';

/** What holds where neither an option nor the environment says otherwise; `options.ts` tells what each is. */
export const DEFAULTS = {
  mountPoint: '/',
  root: '',
  listingTtl: 30_000,
  cacheBytes: 64 * MIB,
  readAheadBytes: 4 * MIB,
  spoolBytes: 16 * 1024 * MIB,
  maxRenameBytes: 256 * MIB,
  writeback: 'back',
  writebackDelay: 500,
  syncTimeout: 120_000,
  allowDelete: [],
  readOnly: false,
  views: false,
  timeout: 30_000,
  connectTimeout: 10_000,
  headersTimeout: 30_000,
  idleTimeout: 30_000,
  exitFlushMs: 10_000,
  exitSignals: true,
  multipartBytes: 2048 * MIB,
  partBytes: 100 * MIB,
} as const;

/** What no option changes. */
export const LIMITS = { blockBytes: MIB, mostNames: 1_000_000 } as const;
