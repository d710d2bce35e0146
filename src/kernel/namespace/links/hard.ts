import { randomUUID } from 'node:crypto';
import type { Core } from '../../core.js';
import { Inode } from '../inode.js';

/** The names of one file. Each is an inode in the tree; content, attributes and number are of all of them. */
export interface Names {
  /** Tells it in the journal. */
  readonly id: string;
  readonly all: Set<Inode>;
}

/** The names of a file that is to get another one. */
export function namesOf(core: Core, inode: Inode): Names {
  const local = inode.ensureLocal();
  // Its number is hashed from its first name.
  core.numbers.of(inode);
  local.names ??= { id: randomUUID(), all: new Set([inode]) };
  return local.names;
}

/** A further name of a file, for a directory to take. */
export function anotherNameOf(core: Core, inode: Inode): Inode {
  const names = namesOf(core, inode);
  const name = new Inode(inode.kind, inode.entry);
  name.local = inode.local;
  name.ino = inode.ino;
  name.etag = inode.etag;
  names.all.add(name);
  return name;
}

/**
 * Before a name goes for good: the file stays if it has others, and whoever has it open goes on by one of them. What is
 * done with the name after that doesn't touch the file.
 */
export function leaveFile(core: Core, inode: Inode): void {
  const names = inode.local?.names;
  if (!names || names.all.size === 1) return;
  names.all.delete(inode);
  const [heir = inode] = names.all;
  for (const file of core.descriptors.files.values()) if (file.inode === inode) file.inode = heir;
  heir.setAttributes({ ctimeMs: core.now() });
  inode.local = null;
  inode.ino = 0;
}
