import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { Store } from '../../../contract/store.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { WireClient } from '../../../wire/api/client.js';
import { makeProject } from '../../common/changes.js';
import type { ArtifactsContext } from '../context.js';
import { placeOf } from '../places.js';
import { Aliases } from './aliases.js';
import { Commits } from './commit/version.js';
import { Deletion } from './deletion.js';

/** All that changes artifacts. What it makes of drafts is durable when the call has resolved. */
type ArtifactWriting = Required<Pick<Store, 'commit' | 'symlink' | 'remove' | 'mkdir' | 'rmdir'>>;

/** The writing half of the artifact store, on what the reading half is made of. */
export function createArtifactWriting(context: ArtifactsContext): ArtifactWriting {
  let commits: Commits | null = null;
  return {
    commit: (draft, options) => {
      commits ??= new Commits(context);
      return commits.commit(draft, options);
    },
    symlink: (link, options) => new Aliases(context).symlink(link, options),
    remove: (files, options) => new Aliases(context).remove(files, options),
    mkdir: (path, { signal }) => mkdir(context.client, path, signal),
    rmdir: async (path, options) => {
      await new Deletion(context).rmdir(path, options);
      // A collection that is made anew numbers its versions anew.
      context.versions.forgetBelow(path);
    },
  };
}

/** Types and collections come with their first version; what stands there before is the kernel's. */
async function mkdir(client: WireClient, path: TreePath, signal: AbortSignal | undefined): Promise<Entry> {
  const { names } = placeOf(path);
  if (names.length > 2) {
    throw new Failure('EPERM', 'Types and collections are made with their first version.');
  }
  return makeProject(client, path, names, signal);
}
