import { dirname, join, normalize } from 'node:path';
import { type MountedFs, mountAll, type WandbFs } from '../../index.js';
import { nodeFs } from '../../platform/disk.js';

/** The trees by the paths at which a build sees them, as `mountAll()` takes them. */
export type Mounts = Readonly<Record<string, WandbFs>>;

/** Endings that an import may leave out, in the order in which they are tried. */
const ENDINGS = ['', '.tsx', '.ts', '.jsx', '.js', '.mjs', '.cjs', '.json'];

/** Codes that say that there is nothing of the kind. Any other is a reason why a build can't go on. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EINVAL', 'EISDIR', 'ELOOP', 'ENAMETOOLONG']);

export const isAbsence = (thrown: unknown): boolean =>
  ABSENT.has(String((thrown as NodeJS.ErrnoException | null)?.code));

/** What a bundler asks of trees that are mounted over the disk. */
export class Sources {
  readonly fs: MountedFs;
  private readonly prefixes: readonly string[];

  constructor(mounts: Mounts) {
    this.fs = mountAll(mounts, nodeFs);
    this.prefixes = Object.keys(mounts);
  }

  /** Is a path at or below a mount point? Whatever isn't is the bundler's own affair. */
  isMounted(path: string): boolean {
    return this.prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  }

  /** The path that an import names, when that or the importing file is in a tree; null if it is neither. */
  pathOf(source: string, importer: string | undefined): string | null {
    if (this.isMounted(source)) return normalize(source);
    const isRelative = /^\.{1,2}(\/|$)/.test(source);
    if (!isRelative || importer === undefined) return null;
    const path = join(dirname(importer), source);
    return this.isMounted(path) || this.isMounted(importer) ? path : null;
  }

  /**
   * The file that an import means: itself, with an ending, a TypeScript source by the name of what it becomes, or the index
   * of a directory. Null if there is none.
   *
   * @throws what keeps from knowing: a wrong key, a server that is down
   */
  async find(path: string): Promise<string | null> {
    const source = path.replace(/\.([cm]?)jsx?$/, '.$1ts');
    const candidates = [
      ...ENDINGS.map((ending) => path + ending),
      ...(source === path ? [] : [source, `${source}x`]),
      ...ENDINGS.slice(1).map((ending) => join(path, `index${ending}`)),
    ];
    for (const candidate of candidates) if (await this.isFile(candidate)) return candidate;
    return null;
  }

  private async isFile(path: string): Promise<boolean> {
    try {
      return (await this.fs.promises.stat(path)).isFile();
    } catch (thrown) {
      if (isAbsence(thrown)) return false;
      throw thrown;
    }
  }
}
