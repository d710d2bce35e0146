import type { Alike } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { FoundRuns, RunQuery } from '../../../contract/store.js';
import { encodeName, pathOf, type TreePath } from '../../../contract/tree-path.js';
import type { Signalled } from '../../../contract/uploads.js';
import { FindRunsByTitleDocument, FindRunsDocument } from '../../../wire/generated.js';
import { withDeadline } from '../../../wire/retry.js';
import { ALIKE_MS, alikeInListing, NONE_ALIKE } from '../../common/pages.js';
import { directoryEntry, nextOf, nodesOf } from '../../common/rows.js';
import { listDirectory } from '../listings.js';
import { placeOf, type RunName, type RunsContext } from '../tree.js';
import { runFacts } from './facts.js';

/** Finds runs of a project by what W&B knows of them: one request a page. */
export async function findRuns(
  context: RunsContext,
  { path, filters, order, after, first: most }: RunQuery,
  signal: AbortSignal | undefined,
): Promise<FoundRuns> {
  const [entity = '', project = ''] = placeOf(path).names;
  const answer = await context.sizes.adapt('page', most, (first) =>
    context.rows(FindRunsDocument, { entity, project, filters, order, after, first }, signal),
  );
  if (!answer.project) throw new Failure('ENOENT');
  const { runs, ...above } = answer.project;
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
    next: nextOf(runs),
  };
}

/** Display names aren't unique; more than these say nothing. */
const MOST_TITLED = 4;

/** What may have been meant by the name of a project or run that isn't there. */
export async function alikeRuns(
  context: RunsContext,
  path: TreePath,
  { signal }: Signalled,
): Promise<Alike | null> {
  const { names, run } = placeOf(path);
  if (names.length < 2) return null;
  return withDeadline(ALIKE_MS, signal, async (bounded) =>
    run
      ? { ...NONE_ALIKE, titled: await titled(context, run, bounded) }
      : alikeInListing(path, (parent) => listDirectory(context, parent, bounded)),
  );
}

/** The ids of runs that the app shows under a name. */
async function titled(
  { client }: RunsContext,
  { entity, project, run }: RunName,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const variables = { entity, project, filters: JSON.stringify({ displayName: run }), first: MOST_TITLED };
  const answer = await client.run(FindRunsByTitleDocument, variables, { signal });
  const runs = nodesOf(answer.project?.runs);
  return runs.flatMap(({ name, displayName }) => (displayName === run ? encodeName(name) : []));
}
