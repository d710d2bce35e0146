import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import { effect, isDone } from '../operation/effect.js';
import type { Operation } from '../operation/operation.js';
import type { DirectoryEntry } from '../syscalls.js';
import { assertDraftName } from '../versions/versions.js';
import { Inode } from './inode.js';
import { OpenDirectory, type Paging, shown } from './listing/open-directory.js';
import { ABSENT } from './listing/pins.js';
import { ensureListed, find, resolve, resolveParent } from './resolve.js';

/** Above versions, collections and their types: the server makes them with their first version. */
const IMPLICIT_LEVELS = 2;

/** `opendir`, `readdir` and `mkdir`. */
export class Directories {
  constructor(private readonly core: Core) {}

  opendir(op: Operation, path: TreePath, paging: Paging): OpenDirectory {
    return new OpenDirectory(this.core, this.find(op, path), paging);
  }

  readdir(op: Operation, path: TreePath): readonly DirectoryEntry[] {
    const directory = this.find(op, path);
    ensureListed(this.core, op, directory);
    return shown([...(directory.children?.values() ?? [])]);
  }

  private find(op: Operation, path: TreePath): Inode {
    const directory = resolve(this.core, op, path);
    if (!directory.isDirectory) throw new Failure('ENOTDIR');
    return directory;
  }

  /**
   * Directories inside a unit are only here. So are drafts, and the types and collections above them that the server
   * makes with their first version.
   */
  private isMadeHere(parent: Inode, name: string): boolean {
    const { hasVersions, unitDepth } = this.core;
    if (!hasVersions) return parent.depth >= unitDepth;
    if (parent.depth === unitDepth - 1) assertDraftName(name);
    return parent.depth + 1 >= unitDepth - IMPLICIT_LEVELS;
  }

  private forgetAbsence(parent: Inode, path: TreePath): void {
    this.core.forgetNegatives(path);
    this.core.expireNames(parent);
  }

  mkdir(op: Operation, path: TreePath, mode: number): void {
    if (isDone(op)) return;
    const ownPath = path.endsWith('/') ? path.slice(0, -1) : path;
    if (find(this.core, op, ownPath, true)) throw new Failure('EEXIST');
    const { parent, name } = resolveParent(this.core, op, path);
    this.core.assertMutable(parent);
    this.core.locks.assertFree(ownPath);
    const place = (directory: Inode): void => {
      directory.attach(parent, name);
      directory.ensureLocal().mode = mode & 0o7777 & ~process.umask();
    };
    if (this.isMadeHere(parent, name)) {
      const isDraft = this.core.hasVersions && parent.depth + 1 === this.core.unitDepth;
      if (isDraft || parent.draft)
        this.core.keeping.put(`${parent.path}/${name}`, { kind: isDraft ? 'draft' : 'directory' });
      const directory = new Inode('directory', null);
      place(directory);
      const local = directory.ensureLocal();
      local.isLocalDirectory = true;
      local.isDraft = isDraft;
      // What is copied from a version has its modes, and is to be changed.
      if (local.mode !== null && directory.draft) local.mode |= 0o200;
      local.mtimeMs = this.core.now();
      local.ctimeMs = local.mtimeMs;
      // Nothing is in what the server doesn't have.
      if (directory.depth < this.core.unitDepth)
        this.core.scopeAt(directory).mergeListing([], true, this.core.tick());
      return;
    }
    let isRefused = true;
    throw effect(
      this.core,
      op,
      [{ path: ownPath, isSubtree: false }],
      'mkdir',
      () => ({ path: ownPath }),
      (entry) => {
        isRefused = false;
        const before = parent.children?.get(name);
        this.core.pin(ownPath, entry.version, [before?.entry?.version ?? ABSENT]);
        if (before) {
          before.entry = entry;
          return;
        }
        const directory = new Inode('directory', entry);
        place(directory);
        // Just made: nothing is in it.
        this.core.scopeAt(directory).mergeListing([], true, this.core.tick());
      },
      () => {
        // Somebody else was faster: who looks now, as a recursive mkdir does, must see what is there.
        if (isRefused) this.forgetAbsence(parent, ownPath);
      },
    );
  }
}
