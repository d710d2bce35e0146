import {
  CreateProjectDocument,
  CreateRunDocument,
  DeleteProjectDocument,
  DeleteRunDocument,
  FindProjectDocument,
} from '../../wire/generated.js';
import { lookUp } from '../../wire/look-up.js';
import { isRetryable } from '../../wire/retry.js';
import { isWireFailure, type WireFailure } from '../../wire/wire-failure.js';
import { directoryEntry } from '../common/directory-entry.js';
import type { Entry, Signalled, TreePath } from '../contract.js';
import { Failure, isFailure } from '../failure.js';
import type { RunsContext } from './context.js';
import { placeOf, type RunName } from './places.js';

const MOST_CONFLICTS = 3;

/** Makes and deletes projects and runs. */
export class Directories {
  constructor(private readonly context: RunsContext) {}

  async mkdir(path: TreePath, { signal }: Signalled): Promise<Entry> {
    const { names, run } = placeOf(path);
    const [entity, project] = names;
    try {
      if (run) return await this.makeRun(path, run, signal);
      if (entity !== undefined && project !== undefined) {
        return await this.makeProject(path, entity, project, signal);
      }
    } catch (error) {
      throw isWireFailure(error) ? refusedName(error) : error;
    }
    throw new Failure('EPERM', 'Entities are made on the W&B website.');
  }

  async rmdir(path: TreePath, { signal }: Signalled): Promise<void> {
    const { names, run } = placeOf(path);
    const [entity, project] = names;
    if (run) {
      this.assertAllowed('run');
      await this.deleteRun(run, signal);
    } else if (entity !== undefined && project !== undefined) {
      this.assertAllowed('project');
      await this.deleteProject(entity, project, signal);
    } else {
      throw new Failure('EPERM', 'Entities are deleted on the W&B website.');
    }
  }

  private async makeProject(
    path: TreePath,
    entity: string,
    project: string,
    signal: AbortSignal | undefined,
  ): Promise<Entry> {
    const attempts = new Attempts();
    const options = { signal, onRetry: attempts.onRetry };
    const answer = await this.context.client.run(CreateProjectDocument, { entity, project }, options);
    const made = answer.upsertModel;
    if (!made?.project) throw new Failure('EPROTO', "The server didn't answer with the project.");
    if (made.inserted === false && !attempts.isAgain) throw new Failure('EEXIST');
    return directoryEntry(path, made.project);
  }

  private async makeRun(path: TreePath, run: RunName, signal: AbortSignal | undefined): Promise<Entry> {
    const attempts = new Attempts();
    const { client } = this.context;
    const answer = await client.run(CreateRunDocument, run, {
      signal,
      onRetry: attempts.onRetry,
      // The service settles concurrent creations by 409; a name that was deleted stays taken (protocol section 2.2).
      isRetryable: (failure, retries) =>
        isRetryable(failure) ||
        (failure.status === 409 && !isDeletedName(failure) && retries < MOST_CONFLICTS),
    });
    const made = answer.upsertBucket;
    if (!made?.bucket) throw new Failure('EPROTO', "The server didn't answer with the run.");
    this.context.learnProject(path, made.bucket.projectId);
    if (made.inserted === false && !attempts.isAgain) throw new Failure('EEXIST');
    await this.complete(run, signal);
    return directoryEntry(path, made.bucket);
  }

  /** No process will report this run's end: without one the service would show it as crashed. */
  private async complete({ entity, project, run }: RunName, signal: AbortSignal | undefined): Promise<void> {
    const path = ['/files', entity, project, run, 'file_stream'].map((part, at) =>
      at === 0 ? part : encodeURIComponent(part),
    );
    try {
      await this.context.client.post(path.join('/'), { complete: true, exitcode: 0 }, { signal });
    } catch (error) {
      if (!isFailure(error)) throw error;
      // The run is there, and that is what was asked for.
      process.emitWarning(`The run ${entity}/${project}/${run} was made but not marked as finished.`, {
        type: 'WandbFsWarning',
        detail: error.cause ?? error.detail ?? error.code,
      });
    }
  }

  private async deleteRun(run: RunName, signal: AbortSignal | undefined): Promise<void> {
    const { client } = this.context;
    const { project } = await lookUp(client, { ...run, names: [], patterns: [], page: 0 }, { signal });
    if (!project?.run) throw new Failure('ENOENT');
    const { id } = project.run;
    await onceOrGone((onRetry) => client.run(DeleteRunDocument, { id }, { signal, onRetry }));
  }

  private async deleteProject(
    entity: string,
    project: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { client } = this.context;
    const found = (await client.run(FindProjectDocument, { entity, project }, { signal })).project;
    if (!found) throw new Failure('ENOENT');
    const { id } = found;
    const answer = await onceOrGone((onRetry) =>
      client.run(DeleteProjectDocument, { id }, { signal, onRetry }),
    );
    if (answer?.deleteModel?.success === false)
      throw new Failure('EIO', "The server didn't delete the project.");
  }

  private assertAllowed(level: 'run' | 'project'): void {
    if (this.context.client.config.allowDelete.includes(level)) return;
    throw new Failure('EPERM', `Deleting a whole ${level} needs the option \`allowDelete: ['${level}']\`.`);
  }
}

/** Remembers whether a change was sent more than once: then a first attempt may have made what the second one found. */
class Attempts {
  isAgain = false;
  readonly onRetry = (): void => {
    this.isAgain = true;
  };
}

/** A deletion that was sent again and finds nothing had its effect the first time. */
async function onceOrGone<T>(request: (onRetry: () => void) => Promise<T>): Promise<T | null> {
  const attempts = new Attempts();
  try {
    return await request(attempts.onRetry);
  } catch (error) {
    if (attempts.isAgain && isFailure(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}

const isDeletedName = ({ cause }: WireFailure): boolean => /previously created and deleted/.test(cause ?? '');

/** What a refused creation means for `mkdir`. */
function refusedName(failure: WireFailure): Failure {
  const { cause } = failure;
  const said = cause?.replace(/^HTTP \d+: /, '') ?? null;
  if (isDeletedName(failure)) return new Failure('EEXIST', said, cause);
  if (failure.status === 400 || failure.status === 422) return new Failure('EINVAL', said, cause);
  return failure;
}
