import type { Operation } from '../../../kernel/operation/operation.js';
import { retold } from '../../arguments/errors.js';
import type { Place } from '../../arguments/paths.js';
import { type AsyncComposite, type Composite, invoke, pause, type Step } from '../../composites/driver.js';

/** The path is the one that the caller knows: Node tells none where an open file is refused, as on a full disk. */
export const atDisk = <T>(syscall: string, path: string, work: () => Promise<T>): AsyncComposite<T> =>
  pause(() =>
    work().catch((error: unknown) => {
      throw retold(error, { syscall, path });
    }),
  );

/** Steps on one file of the tree, which leave at once when the signal aborts. */
export const stepsOn =
  ({ given }: Place, explain: Step['explain'], signal: AbortSignal | undefined) =>
  <T>(syscall: string, run: (op: Operation) => T): Composite<T> =>
    invoke({ syscall, path: given, signal, explain, run });
