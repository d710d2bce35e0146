import type { StoreContext } from '../../common/context.js';
import { makeProject } from '../../common/projects.js';
import type { Entry, Store, TreePath } from '../../contract.js';
import { Failure } from '../../failure.js';
import { Aliases } from './aliases.js';
import { Commits } from './commit.js';
import type { WritingParts } from './context.js';
import { Deletion } from './deletion.js';
import { namesOf } from './places.js';

/** All that changes artifacts. What it makes of drafts is durable when the call has resolved. */
export type ArtifactWriting = Required<Pick<Store, 'commit' | 'symlink' | 'remove' | 'mkdir' | 'rmdir'>>;

/**
 * The writing half of the artifact store.
 *
 * @param store what both halves share: the wire, the batch sizes that worked, the server's features
 */
export function createArtifactWriting(store: StoreContext, parts: WritingParts): ArtifactWriting {
  const context = { ...parts, store };
  const commits = new Commits(context);
  const aliases = new Aliases(context);
  const deletion = new Deletion(context);
  return {
    commit: (draft, options) => commits.commit(draft, options),
    symlink: (link, options) => aliases.symlink(link, options),
    remove: (files, options) => aliases.remove(files, options),
    mkdir: (path, { signal }) => mkdir(store, path, signal),
    rmdir: (path, options) => deletion.rmdir(path, options),
  };
}

/** Types and collections come with their first version; what stands there before is the kernel's. */
async function mkdir(
  { client }: StoreContext,
  path: TreePath,
  signal: AbortSignal | undefined,
): Promise<Entry> {
  const [entity, project, ...below] = namesOf(path);
  if (entity === undefined || project === undefined) {
    throw new Failure('EPERM', 'Entities are made on the W&B website.');
  }
  if (below.length > 0) {
    throw new Failure('EPERM', 'Types and collections are made with their first version.');
  }
  return makeProject(client, { path, entity, project }, signal);
}
