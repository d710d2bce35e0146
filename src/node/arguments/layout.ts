import { posix } from 'node:path';
import type { TreePath } from '../../contract/tree-path.js';
import type { TreeShape } from '../../contract/tree-shape.js';
import type { Mount } from './paths.js';

/** What a tree looks like, and how its paths are written elsewhere. */
export interface Layout {
  readonly shape: TreeShape;
  /**
   * The path of an address of the tree, as in `scheme://…` or of a page of its web app; null for what is no address.
   * Throws ENOENT, with the right form, for the address of something else.
   *
   * @param appPath the path of a web address within the app; null for other sites
   */
  fromAddress(text: string, appPath: (address: URL) => string | null): readonly string[] | null;
  /** The names of a path, of which others write several as one, with a ':' in it. */
  fromSdk(names: readonly string[]): readonly string[];
  /** The path in the web app, of a path in the tree; both by their names. */
  toApp(names: readonly string[]): readonly string[];
  /**
   * How a path is written here that is somebody else's notation; null for what is none. Asked only for what isn't there,
   * for most notations may be somebody's names.
   *
   * @param depth of the outermost name that isn't there
   */
  rewritten(mount: Mount, path: TreePath, depth: number): string | null;
}

/** As Node joins, but for addresses: `join` would take a '/' from `wandbfs://`. */
export const joined = (parent: string, name: string): string =>
  /^\w+:\/\//.test(parent) ? `${parent.replace(/\/+$/, '')}/${name}` : posix.join(parent, name);

/** Names content that lies elsewhere, not a path of a tree of W&B. */
export const isUri = (target: string): boolean =>
  /^[a-z][a-z\d+.-]*:\/\//i.test(target) && !/^wandb[af]s:/i.test(target);
