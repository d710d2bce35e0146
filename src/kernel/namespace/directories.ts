import { Failure } from '../../contract/failure.js';
import { joinPath, type TreePath, withoutSlash } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import { effect, isDone } from '../operation/effect.js';
import type { Operation } from '../operation/operation.js';
import type { DirectoryEntry } from '../syscalls.js';
import { Inode } from './inode.js';
import { OpenDirectory, type Paging, shown } from './listing/open-directory.js';
import { ABSENT } from './listing/pins.js';
import { resolveParent } from './naming.js';
import { ensureListed, find, resolve } from './resolve.js';

export const opendir = (core: Core, op: Operation, path: TreePath, paging: Paging): OpenDirectory =>
  new OpenDirectory(core, directoryAt(core, op, path), paging);

export function readdir(core: Core, op: Operation, path: TreePath): readonly DirectoryEntry[] {
  const directory = directoryAt(core, op, path);
  ensureListed(core, op, directory);
  return shown([...(directory.children?.values() ?? [])]);
}

function directoryAt(core: Core, op: Operation, path: TreePath): Inode {
  op.isListingWanted = true;
  const directory = resolve(core, op, path);
  if (!directory.isDirectory) throw new Failure('ENOTDIR');
  core.assertPermitted(directory, 'read');
  return directory;
}

export function mkdir(core: Core, op: Operation, path: TreePath, mode: number): void {
  if (isDone(op)) return;
  const ownPath = withoutSlash(path);
  if (find(core, op, ownPath, true)) throw new Failure('EEXIST');
  const { parent, name } = resolveParent(core, op, path);
  core.assertMutable(parent, name);
  core.assertPermitted(parent, 'write');
  core.locks.assertFree(joinPath(parent.path, name));
  const bits = mode & 0o7777 & ~process.umask();
  const place = (directory: Inode): void => {
    directory.attach(parent, name);
    core.names.touch(parent);
    directory.setAttributes({ mode: bits });
  };
  const depth = parent.depth + 1;
  // Directories inside a unit are only here, and so are implicit ones, down to the draft of a unit.
  if (depth > core.unitDepth || core.shape.levels[depth - 1]?.isImplicit) {
    const isDraft = depth === core.unitDepth;
    if (isDraft) core.shape.drafts?.assertDraftName(name);
    if (isDraft || parent.draft)
      core.keeping.put(joinPath(parent.path, name), { kind: isDraft ? 'draft' : 'directory', mode: bits });
    const directory = new Inode('directory', null);
    place(directory);
    const local = directory.ensureLocal();
    local.isLocalDirectory = true;
    if (isDraft) {
      local.draft = { bases: [] };
      core.hasDrafts = true;
    }
    const now = core.now();
    directory.setAttributes({ mtimeMs: now, ctimeMs: now });
    // Nothing is in what the server doesn't have.
    if (directory.depth < core.unitDepth)
      core.names.scopeAt(directory).mergeListing([], true, core.timeline.tick());
    return;
  }
  let isRefused = true;
  throw effect(core, op, 'mkdir', {
    names: [{ path: ownPath, isSubtree: false }],
    args: () => ({ path: ownPath }),
    commit: (entry) => {
      isRefused = false;
      const before = parent.children?.get(name);
      core.names.pin(ownPath, entry.version, [before?.version ?? ABSENT]);
      if (before) {
        before.entry = entry;
        return;
      }
      const directory = new Inode('directory', entry);
      place(directory);
      // Just made: nothing is in it.
      core.names.scopeAt(directory).mergeListing([], true, core.timeline.tick());
    },
    settled: () => {
      if (!isRefused) return;
      // Somebody else was faster: who looks now, as a recursive mkdir does, must see what is there.
      core.names.forgetNegatives(ownPath);
      core.names.expire(parent);
    },
  });
}
