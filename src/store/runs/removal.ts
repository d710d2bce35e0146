import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Signalled } from '../../contract/uploads.js';
import { DeleteFilesDocument, FileIdsDocument } from '../../wire/generated.js';
import { rowsOfNames } from '../common/rows.js';
import { byRun, isManifest, type RunFiles, type RunsContext } from './tree.js';

interface Removed {
  readonly path: TreePath;
  readonly id: string | null;
}

/** Deletes run files in batches; ids that aren't known are looked up by names. */
export async function removeFiles(
  context: RunsContext,
  removed: readonly Removed[],
  { signal }: Signalled,
): Promise<void> {
  for (const { unit, run, files } of byRun(removed)) {
    // The service refuses a whole batch for one of these.
    const deletable = files.filter(({ name }) => !isManifest(name));
    if (deletable.length === 0) continue;
    const ids = await idsOf(context, { unit, run, files: deletable }, signal);
    const projectId = context.projectNumber(unit);
    await context.sizes.all('ids', ids, async (batch) => {
      const options = context.sized(batch.length, signal);
      const answer = await context.client.run(DeleteFilesDocument, { files: batch, projectId }, options);
      if (!answer.deleteFiles?.success) throw new Failure('EIO', "The server didn't delete the files.");
    });
  }
}

async function idsOf(
  context: RunsContext,
  { unit, run, files }: RunFiles<Removed>,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const ids = files.flatMap(({ id }) => id ?? []);
  const unknown = files.filter(({ id }) => id === null);
  // Of a run that was never looked at, any of its files tells the project.
  const isStranger = unknown.length === 0 && context.projectNumber(unit) === null;
  await context.sizes.all('names', isStranger ? files.slice(0, 1) : unknown, async (batch) => {
    const wanted = batch.map(({ name }) => name);
    const rows = await rowsOfNames(wanted, async (names) => {
      const variables = { ...run, names, first: names.length };
      const { project } = await context.rows(FileIdsDocument, variables, signal);
      if (project?.run) context.learnProject(unit, project.run.projectId);
      return project?.run?.files;
    });
    if (!isStranger) ids.push(...[...rows.values()].map(({ id }) => id));
  });
  return ids;
}
