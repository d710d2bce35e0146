import { Failure } from '../../../contract/failure.js';
import { type TreePath, treePath, upperPath } from '../../../contract/tree-path.js';
import type { Core } from '../../core.js';
import type { Inode } from '../inode.js';

/** As Linux counts them. */
export const MOST_LINKS = 40;

/**
 * Aliases are links that stand beside versions and point to one of them. The path with the alias in it replaced by what
 * it points to, as far as this is known here; `onLink` is called for every link on the way, and may throw.
 *
 * @param isLinkMeant a link at the very end of the path stays
 */
export function throughLinks(
  core: Core,
  path: TreePath,
  isLinkMeant: boolean,
  onLink: (link: Inode, path: TreePath) => void = () => {},
): TreePath {
  const segments = path.split('/');
  const at = core.unitDepth - 1;
  if (segments.length < core.unitDepth || (isLinkMeant && segments.length === core.unitDepth)) return path;
  const directory = core.root.descendant(segments.slice(0, at));
  const above = upperPath(path, at);
  let name = segments[at] ?? '';
  for (let followed = 0; ; followed++) {
    const link = directory?.children?.get(name);
    if (!link || link.target === null)
      return treePath([above, name, ...segments.slice(core.unitDepth)].join('/'));
    if (followed === MOST_LINKS) throw new Failure('ELOOP');
    onLink(link, treePath(`${above}/${name}`));
    name = link.target;
  }
}
