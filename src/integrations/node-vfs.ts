import { posix } from 'node:path';
import { mountAll, type WandbFs } from '../index.js';
import { nodeFs } from '../platform/disk.js';
import { type VirtualFileSystem, vfsModule } from './vfs-module.js';
import { type Place, providerOf } from './vfs-provider.js';

export type { VirtualFileSystem } from './vfs-module.js';

export interface VfsOptions {
  /** Whether Node warns that `node:vfs` is experimental. @default true */
  readonly emitExperimentalWarning?: boolean | undefined;
}

/**
 * Makes a filesystem of Node's own `node:vfs` of a tree: once it is mounted, `fs`, `require` and `import()` of the process
 * read the tree below the mount point, which Node chooses.
 *
 * ```js
 * const runs = createVfs(createWandbFs({ root: 'entity/project/run' }));
 * const at = runs.mount();
 * await import(`${at}/plugin.mjs`);
 * ```
 *
 * Modules are read by blocking calls, and Node looks for a package.json in every directory above one: give the tree a
 * `root` that is no higher than it must be.
 *
 * @param fs A tree of `createWandbFs()` or `createWandbArtifactFs()`, without a `mountPoint`.
 * @throws Error with the code ENOTSUP where Node has no `node:vfs`: it comes with Node 26.4, behind --experimental-vfs
 * @throws TypeError for an `fs` that this package didn't make
 */
export function createVfs(
  fs: WandbFs,
  { emitExperimentalWarning = true }: VfsOptions = {},
): VirtualFileSystem {
  const module = vfsModule();
  // Refuses what is no tree, or has a place already.
  placeBelow(fs, '/vfs');
  const unmounted: Place = { fs, at: (path) => path, back: (path) => path };
  let place = unmounted;
  let mountPoint: string | null = null;
  const provider = providerOf(module, () => {
    if (vfs.mountPoint !== mountPoint) {
      ({ mountPoint } = vfs);
      place = mountPoint === null || !posix.isAbsolute(mountPoint) ? unmounted : placeBelow(fs, mountPoint);
    }
    return place;
  });
  const vfs = module.create(provider, { emitExperimentalWarning });
  return vfs;
}

/** Errors and entries tell the paths that the process knows. */
function placeBelow(tree: WandbFs, prefix: string): Place {
  return {
    fs: mountAll({ [prefix]: tree }, nodeFs),
    at: (path) => posix.join(prefix, path),
    back: (path) => path.slice(prefix.length) || '/',
  };
}
