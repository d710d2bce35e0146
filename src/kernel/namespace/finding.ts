import { Failure } from '../../contract/failure.js';
import type { Args, Value } from '../../contract/remote.js';
import type { Core } from '../core.js';
import { Fault, type Operation } from '../operation/operation.js';

/** One page of what the server finds. What it tells to be there is there for the calls that follow, too. */
export function findUnits(core: Core, op: Operation, query: Args<'find'>): Value<'find'> {
  if (core.isClosed) throw new Failure('EBADF', 'This filesystem is closed.');
  if (op.progress?.of === 'find') return op.progress.answer;
  const key = `find#${core.tick().epoch}`;
  throw new Fault(key, () =>
    core.timeline.ask((sent) =>
      core.loads.start(key, 'find', query, (found, failure) => {
        const learned = core.timeline.arrive(sent);
        if (found) {
          core.names.mergeAbove(found.entries, learned);
          op.progress = { of: 'find', answer: found };
        }
        return failure;
      }),
    ),
  );
}
