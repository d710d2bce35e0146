import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { Store } from '../../../contract/store.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { WireClient } from '../../../wire/api/client.js';
import { makeProject } from '../../common/levels/projects.js';
import { Info } from '../listing/info.js';
import type { ArtifactParts } from '../parts.js';
import { placeOf } from '../places.js';
import { Aliases } from './aliases/aliases.js';
import { Commits } from './commit/commit.js';
import { Deletion } from './deletion.js';

/** All that changes artifacts. What it makes of drafts is durable when the call has resolved. */
type ArtifactWriting = Required<Pick<Store, 'commit' | 'symlink' | 'remove' | 'mkdir' | 'rmdir'>>;

/** The writing half of the artifact store, on what the reading half is made of. */
export function createArtifactWriting(parts: ArtifactParts): ArtifactWriting {
  const { context: store, versions, manifests } = parts;
  const context = { store, versions, manifests, info: new Info(parts) };
  const commits = new Commits(context);
  const aliases = new Aliases(context);
  const deletion = new Deletion(context);
  return {
    commit: (draft, options) => commits.commit(draft, options),
    symlink: (link, options) => aliases.symlink(link, options),
    remove: (files, options) => aliases.remove(files, options),
    mkdir: (path, { signal }) => mkdir(store.client, path, signal),
    rmdir: async (path, options) => {
      await deletion.rmdir(path, options);
      // A collection that is made anew numbers its versions anew.
      versions.forgetBelow(path);
    },
  };
}

/** Types and collections come with their first version; what stands there before is the kernel's. */
async function mkdir(client: WireClient, path: TreePath, signal: AbortSignal | undefined): Promise<Entry> {
  const [entity, project, ...below] = placeOf(path).names;
  if (entity === undefined || project === undefined) {
    throw new Failure('EPERM', 'Entities are made on the W&B website.');
  }
  if (below.length > 0) {
    throw new Failure('EPERM', 'Types and collections are made with their first version.');
  }
  return makeProject(client, { path, entity, project }, signal);
}
