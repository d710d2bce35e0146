const { cachedDataVersionTag, setFlagsFromString } = require('node:v8');

/**
 * Undici's parser of HTTP, which is WebAssembly, isn't optimised in this process. Node does so after a few responses, anew in
 * every thread that makes requests: 40 to 100 ms of a core for each mount, which pays after thousands.
 *
 * The flag is back at its default when anything else is compiled: with any other value V8 takes nothing of what Node brings
 * compiled of its own modules, in this thread and in each other. A module of the same bytes is the same one in all threads, as
 * long as somebody has it, with the budget that was when it was made.
 */
const BUDGET = process.versions.node.startsWith('20.') ? 1_800_000 : 13_000_000;
const before = cachedDataVersionTag();

setFlagsFromString('--wasm-tiering-budget=1000000000');
exports.parser = new WebAssembly.Module(require('undici/lib/llhttp/llhttp_simd-wasm.js'));
setFlagsFromString(`--wasm-tiering-budget=${BUDGET}`);

if (cachedDataVersionTag() !== before)
  throw new Error(`The default of --wasm-tiering-budget isn't ${BUDGET}.`);
