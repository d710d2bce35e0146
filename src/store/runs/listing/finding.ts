import { Failure } from '../../../contract/failure.js';
import type { FoundRuns, RunQuery } from '../../../contract/store.js';
import { pathOf } from '../../../contract/tree-path.js';
import { FindRunsDocument } from '../../../wire/generated.js';
import { directoryEntry } from '../../common/levels/directory-entry.js';
import { nextOf, nodesOf } from '../../common/levels/nodes.js';
import type { RunsContext } from '../context.js';
import { placeOf } from '../places.js';
import { runFacts } from './facts.js';

/** Finds runs of a project by what W&B knows of them: one request a page. */
export async function findRuns(
  context: RunsContext,
  { path, filters, order, after, first: most }: RunQuery,
  signal: AbortSignal | undefined,
): Promise<FoundRuns> {
  const [entity = '', project = ''] = placeOf(path).names;
  const answer = await context.sizes.adapt('page', most, (first) =>
    context.client.run(
      FindRunsDocument,
      { entity, project, filters, order, after, first },
      context.sized(first, signal),
    ),
  );
  if (!answer.project) throw new Failure('ENOENT');
  const { runs, ...above } = answer.project;
  const next = nextOf(runs);
  // Taken for the end, it would hide what is behind it.
  if (!runs || (runs.pageInfo.hasNextPage && next === null)) {
    throw new Failure('EPROTO', "The server doesn't tell all of the runs that it finds.");
  }
  const found = nodesOf(runs).map((run) => {
    const at = pathOf(entity, project, run.name);
    context.learnProject(at, run.projectId);
    return { entry: directoryEntry(at, run), facts: runFacts({ entity, project }, run) };
  });
  return {
    entries: [
      directoryEntry(pathOf(entity), above.entity),
      directoryEntry(pathOf(entity, project), above),
      ...found.map(({ entry }) => entry),
    ],
    runs: found.map(({ entry, facts }) => ({ path: entry.path, facts })),
    next,
  };
}
