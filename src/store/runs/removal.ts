import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Signalled } from '../../contract/uploads.js';
import { DeleteFilesDocument, FileIdsDocument } from '../../wire/generated.js';
import { rowsOfNames } from '../common/rows.js';
import { byRun, isManifest, type RunName, type RunsContext } from './tree.js';

interface Removed {
  readonly path: TreePath;
  readonly id: string | null;
}

type NamedFile = Removed & { readonly name: string };

/** Deletes run files in batches; ids that aren't known are looked up by names. */
export async function removeFiles(
  context: RunsContext,
  files: readonly Removed[],
  { signal }: Signalled,
): Promise<void> {
  for (const { unit, run, files: named } of byRun(files)) {
    // The service refuses a whole batch for one of these.
    const deletable = named.filter(({ name }) => !isManifest(name));
    if (deletable.length === 0) continue;
    const ids = await idsOf(context, { ...run, unit, files: deletable }, signal);
    await deleteFiles(context, ids, context.projectNumber(unit), signal);
  }
}

async function idsOf(
  context: RunsContext,
  { unit, files, ...run }: RunName & { readonly unit: TreePath; readonly files: readonly NamedFile[] },
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
      const options = context.sized(names.length, signal);
      const { project } = await context.client.run(FileIdsDocument, variables, options);
      if (project?.run) context.learnProject(unit, project.run.projectId);
      return project?.run?.files;
    });
    if (!isStranger) ids.push(...[...rows.values()].map(({ id }) => id));
  });
  return ids;
}

async function deleteFiles(
  context: RunsContext,
  ids: readonly string[],
  projectId: number | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  await context.sizes.all('ids', ids, async (files) => {
    const options = context.sized(files.length, signal);
    const answer = await context.client.run(DeleteFilesDocument, { files, projectId }, options);
    if (!answer.deleteFiles?.success) throw new Failure('EIO', "The server didn't delete the files.");
  });
}
