import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Signalled } from '../../contract/uploads.js';
import { DeleteRunDocument } from '../../wire/generated.js';
import { isWireFailure } from '../../wire/wire-failure.js';
import {
  assertDeletable,
  createRun,
  deleteProject,
  endRun,
  makeProject,
  onceOrGone,
  refusedName,
} from '../common/changes.js';
import { directoryEntry } from '../common/rows.js';
import { lookUp } from './lookups.js';
import { placeOf, type RunsContext } from './tree.js';

/** Makes a project or a run. */
export async function makeDirectory(
  context: RunsContext,
  path: TreePath,
  { signal }: Signalled,
): Promise<Entry> {
  const { names, run } = placeOf(path);
  if (!run) return makeProject(context.client, path, names, signal);
  try {
    const made = await createRun(context.client, run, signal);
    await endRun(context.client, run, signal);
    context.learnProject(path, made.projectId);
    return directoryEntry(path, made);
  } catch (error) {
    throw isWireFailure(error) ? refusedName(error) : error;
  }
}

/** Deletes a project or a run with all that is in it. */
export async function deleteDirectory(
  { client }: RunsContext,
  path: TreePath,
  { signal }: Signalled,
): Promise<void> {
  const { names, run } = placeOf(path);
  if (!run) return deleteProject(client, names, signal);
  assertDeletable(client, 'run');
  const { project } = await lookUp(client, { ...run, names: [], patterns: [], page: 0 }, { signal });
  if (!project?.run) throw new Failure('ENOENT');
  const { id } = project.run;
  await onceOrGone((onRetry) => client.run(DeleteRunDocument, { id }, { signal, onRetry }));
}
