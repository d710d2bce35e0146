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

/** The directory that a path is in; '' above the first. */
export const parentOf = (path: TreePath): TreePath => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** The first `depth` segments of a path. */
export const upperPath = (path: TreePath, depth: number): TreePath =>
  path.split('/').slice(0, depth).join('/');
