import type { DeletableLevel } from '../../config/options.js';
import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { WireClient } from '../../wire/api/client.js';
import {
  CreateProjectDocument,
  CreateRunDocument,
  type CreateRunMutation,
  DeleteProjectDocument,
  FindProjectDocument,
} from '../../wire/generated.js';
import { isRetryable } from '../../wire/retry.js';
import { isWireFailure, type WireFailure } from '../../wire/wire-failure.js';
import { directoryEntry } from './rows.js';

interface NewRun {
  readonly entity: string;
  readonly project: string;
  readonly run: string;
  readonly jobType?: string | undefined;
  /** The machine that the run is said to run on. */
  readonly host?: string | undefined;
  /** Its name was drawn by chance: if there is one, the request came twice, and it is this one. @default false */
  readonly isOwnName?: boolean | undefined;
}

const MOST_CONFLICTS = 3;

/** Makes a run, which is then to be ended. Rejects with EEXIST if there is such a run. */
export async function createRun(
  client: WireClient,
  { isOwnName = false, ...run }: NewRun,
  signal: AbortSignal | undefined,
): Promise<NonNullable<NonNullable<CreateRunMutation['upsertBucket']>['bucket']>> {
  const attempts = new Attempts();
  const answer = await client.run(CreateRunDocument, run, {
    signal,
    onRetry: attempts.onRetry,
    // The service settles concurrent creations by 409; a name that was deleted stays taken (protocol section 2.2).
    isRetryable: (failure, retries) =>
      isRetryable(failure) || (failure.status === 409 && !isDeletedName(failure) && retries < MOST_CONFLICTS),
  });
  const made = answer.upsertBucket;
  if (!made?.bucket) throw new Failure('EPROTO', "The server didn't answer with the run.");
  if (made.inserted === false && !attempts.isAgain && !isOwnName) throw new Failure('EEXIST');
  return made.bucket;
}

/**
 * Tells the end of a run that was just made: no process will, and without one the service would show it as crashed. What
 * fails is warned of: the run is there, and that is what was asked for.
 */
export async function endRun(
  client: WireClient,
  { entity, project, run }: NewRun,
  signal: AbortSignal | undefined,
): Promise<void> {
  const address = [entity, project, run].map(encodeURIComponent).join('/');
  try {
    await client.post(`/files/${address}/file_stream`, { complete: true, exitcode: 0 }, { signal });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const reason = error.cause ?? error.detail ?? error.code;
    const name = `${entity}/${project}/${run}`;
    client.api.warnings.once(name, `The run ${name} was made but not marked as finished (${reason}).`);
  }
}

const isDeletedName = ({ reason }: WireFailure): boolean => reason === 'deleted name';

/** What a refused creation of a run or project means for `mkdir`. */
export function refusedName(failure: WireFailure): Failure {
  const { cause } = failure;
  const said = cause?.replace(/^HTTP \d+: /, '') ?? null;
  if (isDeletedName(failure)) return new Failure('EEXIST', said, cause);
  if (failure.status === 400 || failure.status === 422) return new Failure('EINVAL', said, cause);
  return failure;
}

/** Remembers whether a change was sent more than once: then a first attempt may have made what the second one found. */
export class Attempts {
  isAgain = false;
  readonly onRetry = (): void => {
    this.isAgain = true;
  };
}

/** A deletion that was sent again and finds nothing had its effect the first time. */
export async function onceOrGone<T>(request: (onRetry: () => void) => Promise<T>): Promise<T | null> {
  const attempts = new Attempts();
  try {
    return await request(attempts.onRetry);
  } catch (error) {
    if (attempts.isAgain && error instanceof Failure && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes a project, of decoded names. Rejects with EEXIST if there is one, with EPERM for an entity. */
export async function makeProject(
  client: WireClient,
  path: TreePath,
  [entity, project]: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Entry> {
  if (entity === undefined || project === undefined) {
    throw new Failure('EPERM', 'Entities are made on the W&B website.');
  }
  const attempts = new Attempts();
  const options = { signal, onRetry: attempts.onRetry };
  try {
    const { upsertModel: made } = await client.run(CreateProjectDocument, { entity, project }, options);
    if (!made?.project) throw new Failure('EPROTO', "The server didn't answer with the project.");
    if (made.inserted === false && !attempts.isAgain) throw new Failure('EEXIST');
    return directoryEntry(path, made.project);
  } catch (error) {
    throw isWireFailure(error) ? refusedName(error) : error;
  }
}

/** Deletes a project with all that is in it, of decoded names. Rejects with ENOENT if there is none, EPERM for an entity. */
export async function deleteProject(
  client: WireClient,
  [entity, project]: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (entity === undefined || project === undefined) {
    throw new Failure('EPERM', 'Entities are deleted on the W&B website.');
  }
  assertDeletable(client, 'project');
  const found = (await client.run(FindProjectDocument, { entity, project }, { signal })).project;
  if (!found) throw new Failure('ENOENT');
  const { id } = found;
  const answer = await onceOrGone((onRetry) =>
    client.run(DeleteProjectDocument, { id }, { signal, onRetry }),
  );
  if (answer && !answer.deleteModel?.success)
    throw new Failure('EIO', "The server didn't delete the project.");
  client.shown.forgetProject(entity, project);
}

/** Throws EPERM unless the user allowed to delete what is of that level as a whole. */
export function assertDeletable(client: WireClient, level: DeletableLevel): void {
  if (client.config.allowDelete.includes(level)) return;
  throw new Failure('EPERM', `Deleting a whole ${level} needs the option \`allowDelete: ['${level}']\`.`);
}
