import { randomInt } from 'node:crypto';
import { hasCode } from '../arguments/errors.js';
import { asPath } from '../arguments/paths.js';
import { asOptions } from '../arguments/validate.js';
import { warnOfPrefix } from '../arguments/warnings.js';
import { asyncDispose, dispose } from '../faces/node-version.js';
import { encodedName } from '../results/dirents.js';
import { explaining, placeOf, type Tree } from '../tree.js';
import { type Composite, driveSync, invoke, type Step } from './driver.js';
import { rm } from './remove.js';

const SUFFIX_LENGTH = 6;
const SUFFIX_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function* mkdtemp(tree: Tree, prefix: unknown, options?: unknown): Composite<string | Buffer> {
  return (yield* makeTemporary(tree, prefix, options)).path;
}

interface Temporary {
  readonly path: string | Buffer;
  /** The same, whatever the process's directory is when it is removed. */
  readonly absolute: string;
}

const WHATEVER_IS_LEFT = { recursive: true, force: true };

/** A temporary directory that is removed, with all in it, when a `using` ends. */
export function mkdtempDisposableSync(tree: Tree, prefix: unknown, options?: unknown): object {
  const { path, absolute } = driveSync(makeTemporary(tree, prefix, options));
  const remove = (): void => driveSync(rm(tree, absolute, WHATEVER_IS_LEFT));
  return { path, remove, [dispose]: () => remove() };
}

/** As `mkdtempDisposableSync`, for `await using`. */
export async function mkdtempDisposable(tree: Tree, prefix: unknown, options?: unknown): Promise<object> {
  const { path, absolute } = await tree.calls.drive(makeTemporary(tree, prefix, options));
  const remove = async (): Promise<void> => tree.calls.drive(rm(tree, absolute, WHATEVER_IS_LEFT));
  return Object.assign(Object.create(null), { path, remove, [asyncDispose]: async () => remove() });
}

function* makeTemporary(tree: Tree, prefix: unknown, options: unknown): Composite<Temporary> {
  const { encoding } = asOptions(options);
  const start = asPath(prefix, 'prefix');
  warnOfPrefix(prefix);
  for (;;) {
    const letters = Array.from(
      { length: SUFFIX_LENGTH },
      () => SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)],
    );
    const name = `${start}${letters.join('')}`;
    const place = placeOf(tree, name);
    const run: Step<void>['run'] = (op) => {
      const at = place.tree;
      tree.kernel.mkdir(op, at, 0o700);
    };
    try {
      yield* invoke({ syscall: 'mkdtemp', path: `${start}XXXXXX`, run, explain: explaining(place, true) });
      return { path: encodedName(name, encoding), absolute: tree.mount.absolute(name) };
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
}
