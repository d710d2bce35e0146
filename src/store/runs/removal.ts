import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Signalled } from '../../contract/uploads.js';
import { DeleteFilesDocument, FileIdsDocument } from '../../wire/generated.js';
import { rowsOfNames } from '../common/levels/nodes.js';
import type { RunsContext } from './context.js';
import { isManifest } from './listing/entries.js';
import { byRun, type RunName } from './places.js';

interface Removed {
  readonly path: TreePath;
  readonly id: string | null;
}

/** Deletes run files in batches; ids that aren't known are looked up by names. */
export class Removal {
  constructor(private readonly context: RunsContext) {}

  async remove(files: readonly Removed[], { signal }: Signalled): Promise<void> {
    for (const { unit, run, files: named } of byRun(files)) {
      // The service refuses a whole batch for one of these.
      const deletable = named.filter(({ name }) => !isManifest(name));
      if (deletable.length === 0) continue;
      const { ids, projectId } = await this.identify(unit, run, deletable, signal);
      await this.delete(ids, projectId, signal);
    }
  }

  private async identify(
    unit: TreePath,
    run: RunName,
    files: readonly (Removed & { readonly name: string })[],
    signal: AbortSignal | undefined,
  ): Promise<{ readonly ids: readonly string[]; readonly projectId: number | null }> {
    const { client, sizes } = this.context;
    const ids = files.flatMap(({ id }) => id ?? []);
    const unknown = files.filter(({ id }) => id === null);
    // Of a run that was never looked at, any of its files tells the project.
    const asked =
      unknown.length === 0 && this.context.projectNumber(unit) === null ? files.slice(0, 1) : unknown;
    await sizes.all('names', asked, async (batch) => {
      const wanted = batch.map(({ name }) => name);
      const rows = await rowsOfNames(wanted, async (names) => {
        const variables = { ...run, names, first: names.length };
        const options = this.context.sized(names.length, signal);
        const { project } = await client.run(FileIdsDocument, variables, options);
        if (project?.run) this.context.learnProject(unit, project.run.projectId);
        return project?.run?.files;
      });
      if (asked === unknown) ids.push(...[...rows.values()].map(({ id }) => id));
    });
    return { ids, projectId: this.context.projectNumber(unit) };
  }

  private async delete(
    ids: readonly string[],
    projectId: number | null,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { client, sizes } = this.context;
    await sizes.all('ids', ids, async (files) => {
      const { deleteFiles } = await client.run(
        DeleteFilesDocument,
        { files, projectId },
        this.context.sized(files.length, signal),
      );
      if (!deleteFiles?.success) throw new Failure('EIO', "The server didn't delete the files.");
    });
  }
}
