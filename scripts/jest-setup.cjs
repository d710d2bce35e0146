const { setFlagsFromString } = require('node:v8');

/**
 * Undici's parser of HTTP, which is WebAssembly, isn't optimised. Node 20 does so after a few responses, anew in every thread: a
 * tenth of a second of a core for each mount, which pays after thousands.
 */
setFlagsFromString('--wasm-tiering-budget=1000000000');
