const { setFlagsFromString } = require('node:v8');

/**
 * What Node 22 and later have by default. Node 20 optimises undici's parser of HTTP, which is WebAssembly, after a few
 * responses, anew in every thread: a tenth of a second of a core for each mount.
 */
setFlagsFromString('--wasm-tiering-budget=13000000');
