import { Failure } from '../../../contract/failure.js';
import type { Store } from '../../../contract/store.js';
import { makeProject } from '../../common/changes.js';
import type { ArtifactsContext } from '../context.js';
import { placeOf } from '../places.js';
import { removeAliases, symlink } from './aliases.js';
import { Commits } from './commit/version.js';
import { deleteDirectory } from './deletion.js';

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
    symlink: (link, options) => symlink(context, link, options),
    remove: (files, options) => removeAliases(context, files, options),
    async mkdir(path, { signal }) {
      const { names } = placeOf(path);
      // What stands there before is the kernel's.
      if (names.length > 2) {
        throw new Failure('EPERM', 'Types and collections are made with their first version.');
      }
      return makeProject(context.client, path, names, signal);
    },
    async rmdir(path, options) {
      await deleteDirectory(context, path, options);
      // A collection that is made anew numbers its versions anew.
      context.versions.forgetBelow(path);
    },
  };
}
