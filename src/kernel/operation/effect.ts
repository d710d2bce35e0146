import type { Args, Method, Value } from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import type { Load } from './load.js';
import { Fault, type Operation } from './operation.js';

/** `op.state` of a mutation whose commit has run. */
const DONE = Symbol('done');

export const isDone = (op: Operation): boolean => op.state === DONE;

/**
 * The effect and the commit of a mutation whose check has passed: one message to the remote's owner, sent while the
 * names (and for directories their subtrees) are locked; `commit` runs when the server agreed, and can't fail. Readers
 * see the old state until then. A caller that goes away doesn't stop it: once sent, its outcome must be known.
 *
 * Whatever happens, the locks are released and those who wait hear of it: a commit that throws all the same is a bug,
 * and fails this one call.
 *
 * @param argsOf makes the message when it is sent, and may take hold of content for it; where it throws nothing is sent
 * @param options.isEndedByAbort the caller's signal ends it, as long as it has shown nowhere
 * @param settled runs last, whatever the server answered, and lets go of that content
 */
export function effect<M extends Method>(
  core: Core,
  op: Operation,
  names: readonly { readonly path: TreePath; readonly isSubtree: boolean }[],
  method: M,
  argsOf: () => Args<M>,
  commit: (value: Value<M>) => void,
  settled: () => void = () => {},
  { isEndedByAbort = false }: { readonly isEndedByAbort?: boolean } = {},
): Fault {
  const key = `${method}#${core.tick().epoch}`;
  const start = (): Load => {
    const locks = names.map(({ path, isSubtree }) => core.locks.take(path, isSubtree));
    const end = (): void => {
      try {
        settled();
      } finally {
        core.locks.release(locks);
      }
    };
    try {
      const load = core.loads.start(
        key,
        method,
        argsOf(),
        (value, failure) => {
          try {
            // A value of `null` is an answer too; only a failure leaves everything as it was.
            if (!failure) {
              op.state = DONE;
              commit(value as Value<M>);
            }
          } finally {
            end();
          }
          return failure;
        },
        { isCancellable: false },
      );
      for (const lock of locks) lock.load = load;
      return load;
    } catch (thrown) {
      end();
      throw thrown;
    }
  };
  return new Fault(key, start, false, () => core.remote.assertCanWait(), isEndedByAbort);
}
