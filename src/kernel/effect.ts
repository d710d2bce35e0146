import type { Args, Method, Value } from '../io/remote.js';
import type { TreePath } from '../store/contract.js';
import type { Core } from './core.js';
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
 * @param settled runs last, whatever the server answered
 */
export function effect<M extends Method>(
  core: Core,
  op: Operation,
  names: readonly { readonly path: TreePath; readonly isSubtree: boolean }[],
  method: M,
  args: Args<M>,
  commit: (value: Value<M>) => void,
  settled: () => void = () => {},
): Fault {
  const key = `${method}#${core.tick().epoch}`;
  const start = (): Load => {
    const locks = names.map(({ path, isSubtree }) => core.locks.take(path, isSubtree));
    const load = core.loads.start(
      key,
      method,
      args,
      (value, failure) => {
        // A value of `null` is an answer too; only a failure leaves everything as it was.
        if (!failure) {
          commit(value as Value<M>);
          op.state = DONE;
        }
        settled();
        core.locks.release(locks);
        return failure;
      },
      { isCancellable: false },
    );
    for (const lock of locks) lock.load = load;
    return load;
  };
  return new Fault(key, start, false, () => core.remote.assertCanWait());
}
