import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Signalled } from '../../contract/uploads.js';
import { lookUp } from '../../wire/api/look-up.js';
import { DeleteRunDocument } from '../../wire/generated.js';
import { isWireFailure } from '../../wire/wire-failure.js';
import { onceOrGone } from '../common/attempts.js';
import { createRun, refusedName } from '../common/creation.js';
import { directoryEntry } from '../common/levels/directory-entry.js';
import { assertDeletable, deleteProject, makeProject } from '../common/levels/projects.js';
import type { RunsContext } from './context.js';
import { placeOf, type RunName } from './places.js';

/** Makes and deletes projects and runs. */
export class Directories {
  constructor(private readonly context: RunsContext) {}

  async mkdir(path: TreePath, { signal }: Signalled): Promise<Entry> {
    const { names, run } = placeOf(path);
    const [entity, project] = names;
    if (run) return this.makeRun(path, run, signal);
    if (entity !== undefined && project !== undefined) {
      return makeProject(this.context.client, { path, entity, project }, signal);
    }
    throw new Failure('EPERM', 'Entities are made on the W&B website.');
  }

  async rmdir(path: TreePath, { signal }: Signalled): Promise<void> {
    const { names, run } = placeOf(path);
    const [entity, project] = names;
    if (run) {
      await this.deleteRun(run, signal);
    } else if (entity !== undefined && project !== undefined) {
      await deleteProject(this.context.client, { entity, project }, signal);
    } else {
      throw new Failure('EPERM', 'Entities are deleted on the W&B website.');
    }
  }

  private async makeRun(path: TreePath, run: RunName, signal: AbortSignal | undefined): Promise<Entry> {
    try {
      const made = await createRun(this.context.client, run, signal);
      this.context.learnProject(path, made.projectId);
      return directoryEntry(path, made);
    } catch (error) {
      throw isWireFailure(error) ? refusedName(error) : error;
    }
  }

  private async deleteRun(run: RunName, signal: AbortSignal | undefined): Promise<void> {
    const { client } = this.context;
    assertDeletable(client, 'run');
    const { project } = await lookUp(client, { ...run, names: [], patterns: [], page: 0 }, { signal });
    if (!project?.run) throw new Failure('ENOENT');
    const { id } = project.run;
    await onceOrGone((onRetry) => client.run(DeleteRunDocument, { id }, { signal, onRetry }));
  }
}
