import type { DeletableLevel } from '../../../config/options.js';
import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { WireClient } from '../../../wire/api/client.js';
import {
  CreateProjectDocument,
  DeleteProjectDocument,
  FindProjectDocument,
} from '../../../wire/generated.js';
import { isWireFailure } from '../../../wire/wire-failure.js';
import { Attempts, onceOrGone } from '../attempts.js';
import { refusedName } from '../creation.js';
import { directoryEntry } from './directory-entry.js';

/** Makes a project, of decoded names. Rejects with EEXIST if there is one. */
export async function makeProject(
  client: WireClient,
  { path, entity, project }: { readonly path: TreePath; readonly entity: string; readonly project: string },
  signal: AbortSignal | undefined,
): Promise<Entry> {
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

/** Deletes a project with all that is in it, of decoded names. Rejects with ENOENT if there is none. */
export async function deleteProject(
  client: WireClient,
  { entity, project }: { readonly entity: string; readonly project: string },
  signal: AbortSignal | undefined,
): Promise<void> {
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
