import type { Args, Method, Value } from '../../contract/remote.js';
import type { Core } from '../core.js';
import type { Commit, Load } from './load.js';
import type { Name } from './locks.js';
import { Fault, type Operation } from './operation.js';

export const isDone = ({ progress }: Operation): boolean =>
  progress?.of === 'done' || progress?.of === 'commit';

/** The effect and the commit of a mutation whose check has passed: one message to the remote's owner. */
export interface Effect<M extends Method> {
  /** Locked from when it is sent until its commit has run. */
  readonly names: readonly Name[];
  /** Makes the message when it is sent, and may lease content for it; where it throws nothing is sent. */
  readonly args: () => Args<M>;
  /** Runs when the server agreed, and can't fail. */
  readonly commit: (value: Value<M>) => void;
  /** Runs last, whatever the server answered, and ends the leases of that content. */
  readonly settled?: () => void;
  /** The caller's signal ends it, as long as it has shown nowhere. @default false */
  readonly isEndedByAbort?: boolean;
}

/**
 * Readers see the old state until the commit. A caller that goes away doesn't stop it: once sent, its outcome must be
 * known.
 *
 * Whatever happens, the locks are released and those who wait hear of it: a commit that throws all the same is a bug,
 * and fails this one call.
 */
export function effect<M extends Method>(
  core: Core,
  op: Operation,
  method: M,
  { names, args, commit, settled, isEndedByAbort = false }: Effect<M>,
): Fault {
  const key = `${method}#${core.timeline.tick().epoch}`;
  const start = (): Load => {
    const locks = names.map((name) => core.locks.take(name));
    const end = (): void => {
      try {
        settled?.();
      } finally {
        core.locks.release(locks);
      }
    };
    const onReply: Commit<M> = (value, failure) => {
      try {
        // A value of `null` is an answer too; only a failure leaves everything as it was.
        if (!failure) {
          op.progress = { of: 'done' };
          commit(value as Value<M>);
        }
      } finally {
        end();
      }
      return failure;
    };
    try {
      const load = core.loads.start(key, method, args(), onReply);
      for (const lock of locks) lock.load = load;
      return load;
    } catch (thrown) {
      end();
      throw thrown;
    }
  };
  return new Fault(key, start, { beforeBlocking: () => core.remote.assertCanWait(), isEndedByAbort });
}
