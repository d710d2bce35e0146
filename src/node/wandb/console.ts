import type { ConsoleLines } from '../../contract/knowledge/console.js';
import { withoutSlash } from '../../contract/tree-path.js';
import { asInteger, asObject, asSignal, asString, assertKnownOptions } from '../arguments/validate.js';
import type { Composite } from '../composites/driver.js';
import { invokeAt, placeOf, type Tree } from '../tree.js';

export interface ConsoleOptions {
  /** Lines behind this place: the `end` of an earlier answer. @default from the first one on */
  readonly after?: string | null | undefined;
  /** The last ones, at most so many. */
  readonly last?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function* consoleLines(tree: Tree, path: unknown, options: unknown): Composite<ConsoleLines> {
  const given = options === undefined ? {} : asObject(options, 'options');
  assertKnownOptions(given, ['after', 'last', 'signal'], 'consoleLines');
  const query = {
    after: given.after == null ? null : asString(given.after, 'options.after'),
    last: given.last === undefined ? null : asInteger(given.last, 'options.last', 1),
  };
  const signal = asSignal(given.signal, 'options.signal');
  return yield* invokeAt(
    'consoleLines',
    placeOf(tree, path),
    (op, at) => tree.kernel.consoleLines(op, { ...query, path: withoutSlash(at) }),
    { signal },
  );
}
