import type { EntryPage } from '../../../contract/entry-page.js';
import { Inode } from '../inode.js';
import type { Namespace } from '../namespace.js';

/** Somebody else has put other content under the name. */
export function replaceByOther(names: Namespace, inode: Inode, page: EntryPage, row: number): void {
  const { parent, name } = inode;
  if (inode.isOpen && parent) {
    // Whoever has it open goes on with the old version (or gets ESTALE); the name stands for the new one.
    const { path } = inode;
    const by = new Inode(inode.kind, null);
    by.tell(page, row);
    inode.detach();
    inode.ensureLocal().displaced = { path, by };
    by.attach(parent, name);
    return;
  }
  names.dropContent(inode);
  inode.tell(page, row);
}

/** The server doesn't have this name. Dirty content stays, and a directory that has such content in it, or was made here. */
export function forget(names: Namespace, inode: Inode): void {
  if (inode.isDirty) {
    inode.entry = null;
    return;
  }
  if (inode.isDirectory) {
    for (const below of inode.walk()) if (below.isDirty || below.local?.isLocalDirectory) return;
  }
  if (inode.parent) names.touch(inode.parent);
  for (const below of [...inode.walk()].reverse()) {
    if (below.isOpen) below.ensureLocal().displaced = { path: below.path, by: undefined };
    else names.dropContent(below);
    below.detach();
  }
}
