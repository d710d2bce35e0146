/** Node 20 has these symbols, realms made with `node:vm` (Jest's) don't; compilers then fall back to these names. */
const symbols = Symbol as unknown as { readonly asyncDispose?: symbol; readonly dispose?: symbol };

export const asyncDispose: typeof Symbol.asyncDispose = (symbols.asyncDispose ??
  Symbol.for('Symbol.asyncDispose')) as typeof Symbol.asyncDispose;
export const dispose: typeof Symbol.dispose = (symbols.dispose ??
  Symbol.for('Symbol.dispose')) as typeof Symbol.dispose;
