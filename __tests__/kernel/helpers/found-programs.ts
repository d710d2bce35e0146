import type { Action, Program } from './model-programs.js';

const step = (action: Action, isSync = false) => ({ action, isSync, abortAfter: null });

/** Programs that failed once. */
export const FOUND: [Program][] = [
  // What is sent while a directory is read shifts the rows of its pages, and a listing in between has seen it.
  [
    {
      actors: [
        [
          step({ type: 'write', path: 'd', text: '' }),
          step({ type: 'opendir' }),
          step({ type: 'write', path: 'd', text: '' }),
          step({ type: 'readPage' }),
          step({ type: 'write', path: 'a', text: '' }),
        ],
        [
          step({ type: 'unlink', path: 'a' }),
          { ...step({ type: 'read', path: 'a' }), abortAfter: 0 },
          step({ type: 'read', path: 'a' }, true),
          step({ type: 'writeHandle', text: '' }),
        ],
        [
          step({ type: 'unlink', path: 'a' }),
          step({ type: 'write', path: 'a', text: '' }, true),
          step({ type: 'unlink', path: 'd' }, true),
          step({ type: 'rename', path: 'a', to: 'a' }),
        ],
      ],
      seed: -19,
      pageSize: 2,
      isLagging: false,
      failingPuts: 0,
      listingTtl: 0,
    },
  ],
  // An answer that was asked for before comes while a listing is told page by page, which has shown the name already.
  [
    {
      actors: [
        [
          step({ type: 'rename', path: 'a', to: 'a' }, true),
          step({ type: 'write', path: 'd/a', text: '' }),
          step({ type: 'read', path: 'a' }),
          step({ type: 'opendir' }),
        ],
        [
          step({ type: 'write', path: 'd', text: '' }, true),
          step({ type: 'write', path: 'a', text: '' }),
          step({ type: 'read', path: 'b' }, true),
          step({ type: 'read', path: 'a' }),
          step({ type: 'unlink', path: 'd/a' }),
        ],
      ],
      seed: -1172757669,
      pageSize: 2,
      isLagging: false,
      failingPuts: 0,
      listingTtl: 0,
    },
  ],
];
