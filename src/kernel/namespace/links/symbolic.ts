import { Failure } from '../../../contract/failure.js';
import {
  isTooLong,
  joinPath,
  LONGEST_NAME_BYTES,
  parentOf,
  type TreePath,
  treePath,
  upperPath,
  withoutSlash,
} from '../../../contract/tree-path.js';
import type { Core } from '../../core.js';
import type { Inode } from '../inode.js';
import { MOST_LINKS } from './aliases.js';

/** Where a symbolic link in a draft leads, as on a disk. */
export interface PathLink {
  /** As its maker wrote it. */
  readonly text: string;
  /** Where an absolute one leads; null: out of the tree. Undefined: it is relative to the directory that the link is in. */
  readonly end?: TreePath | null | undefined;
}

/** The links that one look at a path has followed, with all that it took. */
export interface Way {
  followed: number;
}

/** @param directoryAt the path, without links in it, of a directory that a `..` leads out of */
type DirectoryAt = (path: TreePath) => TreePath;

/**
 * The path with the first link in it that a draft holds replaced by where that leads; null where there is none. Throws
 * EACCES for a directory that the user may not search, ELOOP, and ENOENT for a link out of the tree.
 *
 * @param path without aliases in it
 * @param isLinkMeant a link at the very end of the path stays
 */
export function throughDraft(
  core: Core,
  path: TreePath,
  isLinkMeant: boolean,
  way: Way,
  directoryAt: DirectoryAt,
): TreePath | null {
  const names = path.split('/');
  const { unitDepth } = core;
  if (names.length <= unitDepth) return null;
  let at = core.root.descendant(names.slice(0, unitDepth));
  if (!at?.local?.draft) return null;
  for (let depth = unitDepth; at && depth < names.length; depth++) {
    if (at.isDirectory) core.assertPermitted(at, 'search');
    const child: Inode | undefined = at.children?.get(names[depth] ?? '');
    const link = child?.local?.link;
    if (link && !(isLinkMeant && depth === names.length - 1)) {
      if (++way.followed > MOST_LINKS) throw new Failure('ELOOP');
      return beyond(link, upperPath(path, depth), names.slice(depth + 1), directoryAt);
    }
    at = child;
  }
  return null;
}

/** @param rest the names behind the link */
function beyond(
  { text, end }: PathLink,
  directory: TreePath,
  rest: readonly string[],
  directoryAt: DirectoryAt,
): TreePath {
  if (end === null) throw new Failure('ENOENT', `A link on the way leads out of the tree, to '${text}'.`);
  let at = end === undefined ? directory : withoutSlash(end);
  for (const name of end === undefined ? text.split('/') : []) {
    if (name === '' || name === '.') continue;
    if (isTooLong(name)) throw new Failure('ENAMETOOLONG', `Names end at ${LONGEST_NAME_BYTES} bytes.`);
    // As a disk goes: out of where the names before it lead to.
    at = name === '..' ? parentOf(directoryAt(at)) : joinPath(at, name);
  }
  if (rest.length > 0) return joinPath(at, rest.join('/'));
  return DEMANDS_DIRECTORY.test(text) && at !== '' ? treePath(`${at}/`) : at;
}

const DEMANDS_DIRECTORY = /(?:^|\/)\.{0,2}$/;
