import { VERSION } from '../config/config.js';
import { addressOf } from '../threads/thread-file.js';
import type { WandbFs } from './faces/create.js';

interface Default {
  readonly fs: WandbFs;
  /** The copies that have it. */
  readonly files: Set<string>;
}

/** By what they show. */
type Defaults = Map<string, Default>;

const DEFAULTS = Symbol.for(`wandb-fs.defaults.1 ${VERSION}`);

/** Of this realm: a test runner gives each test file a global object, and its default instances with that. */
function defaults(): Defaults {
  const realm = globalThis as { [DEFAULTS]?: Defaults };
  realm[DEFAULTS] ??= new Map();
  return realm[DEFAULTS];
}

/**
 * The default instance of all copies of this version, such as its ES modules beside its CommonJS: what is written by one is
 * read by the other. A copy that is loaded again (`resetModules`) begins anew; so does whoever comes when it was closed.
 *
 * @param make is given what is to be called when it is closed
 */
export function sharedDefault(kind: string, make: (onClose: () => void) => WandbFs): WandbFs {
  const file = addressOf(import.meta.url);
  const all = defaults();
  const there = all.get(kind);
  if (there && !there.files.has(file)) {
    there.files.add(file);
    return there.fs;
  }
  const forget = (): void => {
    if (all.get(kind) === made) all.delete(kind);
  };
  const made: Default = { fs: make(forget), files: new Set([file]) };
  all.set(kind, made);
  return made.fs;
}
