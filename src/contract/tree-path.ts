import { encodeFileName, encodeName } from './names.js';

/**
 * Segments joined by '/', without a leading or trailing slash; '' is the root. A segment that POSIX can't hold stands
 * percent-encoded (`names.ts`); the store decodes it on the way out.
 */
export type TreePath = string;

/** The path that server names lead to, from an entity on. */
export const pathOf = (...names: readonly string[]): TreePath => names.map(encodeName).join('/');

/** @param name of the server, of a child of the directory */
export const childPath = (path: TreePath, name: string): TreePath => `${path}/${encodeName(name)}`;

/** @param name of the server, of a file of the unit */
export const filePath = (unit: TreePath, name: string): TreePath => `${unit}/${encodeFileName(name)}`;

/** A trailing '/', which a caller may write, demands a directory. */
export const withoutSlash = (path: TreePath): TreePath => (path.endsWith('/') ? path.slice(0, -1) : path);

/** Its names, outermost first; none of the root. */
export const segmentsOf = (path: TreePath): string[] => (path === '' ? [] : withoutSlash(path).split('/'));

/** The path of what stands at `below` in a directory. */
export const joinPath = (directory: TreePath, below: TreePath): TreePath =>
  directory === '' || below === '' ? directory + below : `${directory}/${below}`;

/** The last name of a path, and the directory that it is in: '' above the first. */
export function splitPath(path: TreePath): { readonly parent: TreePath; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return slash < 0
    ? { parent: '', name: path }
    : { parent: path.slice(0, slash), name: path.slice(slash + 1) };
}

export const parentOf = (path: TreePath): TreePath => splitPath(path).parent;

export const lastNameOf = (path: TreePath): string => splitPath(path).name;

/** How many names it has; 0 at the root. */
export const depthOf = (path: TreePath): number => segmentsOf(path).length;

/** The first `depth` names of a path. */
export const upperPath = (path: TreePath, depth: number): TreePath =>
  path.split('/').slice(0, depth).join('/');

/** What is left of a path behind its first `depth` names. */
export const lowerPath = (path: TreePath, depth: number): TreePath => path.split('/').slice(depth).join('/');

export const isAtOrBelow = (path: TreePath, ancestor: TreePath): boolean =>
  ancestor === '' || path === ancestor || path.startsWith(`${ancestor}/`);

export const isBelow = (path: TreePath, ancestor: TreePath): boolean =>
  path !== ancestor && isAtOrBelow(path, ancestor);
