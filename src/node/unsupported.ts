import { notSupported } from './errors.js';
import { type AnyFunction, isFunction } from './validate.js';

/**
 * Members of `node:fs` that are left out. They are there all the same, and fail: tools spread `{...nodeFs, ...wandbFs}`,
 * and what is missing would silently work on the real disk.
 */
const INSTEAD: Readonly<Record<string, string>> = {
  watch: 'W&B tells of no changes; poll with stat, or call fs.wandb.refresh().',
  watchFile: 'W&B tells of no changes; poll with stat, or call fs.wandb.refresh().',
  unwatchFile: 'W&B tells of no changes; poll with stat, or call fs.wandb.refresh().',
  statfs: 'W&B has no figure for free space.',
  statfsSync: 'W&B has no figure for free space.',
  openAsBlob: 'Use `new Blob([await fs.promises.readFile(path)])`.',
  openAsBlobSync: 'Use `new Blob([fs.readFileSync(path)])`.',
  glob: "Use `readdir(path, { recursive: true })`, or the 'glob' package with its `fs` option.",
  globSync: "Use `readdirSync(path, { recursive: true })`, or the 'glob' package with its `fs` option.",
  Utf8Stream: 'Use fs.createWriteStream.',
};

const insteadOf = (name: string): string => INSTEAD[name] ?? 'wandb-fs has no such call yet.';

/** Calls back with the failure where there is a callback, and throws it elsewhere. */
export function unsupportedCallback(name: string): AnyFunction {
  return (...args) => {
    const error = notSupported(name, insteadOf(name), args[0]);
    const callback = args.at(-1);
    // A listener is no callback: nobody would hear of the failure.
    if (!isFunction(callback) || /^(un)?watch/.test(name)) throw error;
    process.nextTick(callback, error);
  };
}

export function unsupportedSync(name: string): AnyFunction {
  return (...args) => {
    throw notSupported(name, insteadOf(name), args[0]);
  };
}

export function unsupportedPromise(name: string): AnyFunction {
  return async (...args) => {
    throw notSupported(name, insteadOf(name), args[0]);
  };
}

/** `promises.watch` and `promises.glob` give what `for await` takes: it fails at the first step. */
export function unsupportedIterable(name: string): AnyFunction {
  return (...args) => {
    const fail = unsupportedPromise(name);
    return {
      next: () => fail(...args),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
}
