import { isAbsolute, join } from 'node:path';
import { type Mounts, Sources } from './sources.js';

/** What this plugin uses of the context that rollup calls it in. */
interface RollupContext {
  resolve(source: string, importer: string, options: object): Promise<{ readonly id: string } | null>;
}

interface RollupMounts {
  name: string;
  /** To Vite: before its own, which read the disk. */
  enforce: 'pre';
  resolveId: {
    order: 'pre';
    handler(
      this: RollupContext,
      source: string,
      importer: string | undefined,
      options: object,
    ): Promise<string | { readonly id: string } | null>;
  };
  load(id: string): Promise<string | null>;
}

/**
 * A plugin for rollup, rolldown and Vite: files below the mount points are read from trees of W&B, as text. Packages that
 * they import are those of the working directory. A file that can't be told, by a wrong key or a server that is down, fails
 * the build with that reason.
 *
 * ```js
 * await rollup({ input: '/srv/run/src/main.js', plugins: [rollupMounts({ '/srv/run': fs })] });
 * ```
 *
 * @throws TypeError for mounts that can't be, as `mountAll()` does
 */
export function rollupMounts(mounts: Mounts): RollupMounts {
  const sources = new Sources(mounts);
  return {
    name: 'wandb-fs',
    enforce: 'pre',
    resolveId: {
      order: 'pre',
      async handler(source, importer, options) {
        if (source.startsWith('\0')) return null;
        const [path, query] = parted(source);
        const from = importer === undefined ? undefined : parted(importer)[0];
        const target = sources.pathOf(path, from);
        if (target !== null && sources.isMounted(target)) {
          const found = await sources.find(target);
          if (found !== null) return found + query;
          // Rollup leaves an absolute import that nobody resolves to the program's own import.
          if (!isAbsolute(path)) return null;
          throw new Error(`Could not resolve "${source}": ${target} isn't there.`);
        }
        if (from === undefined || !sources.isMounted(from)) return null;
        const onDisk = join(process.cwd(), 'index.js');
        return this.resolve((target ?? path) + query, onDisk, { ...options, skipSelf: true });
      },
    },
    async load(id) {
      const [path, query] = parted(id);
      if (!sources.isMounted(path) || /[?&]url\b/.test(query)) return null;
      const text = await sources.fs.promises.readFile(path, 'utf8');
      return /[?&]raw\b/.test(query) ? `export default ${JSON.stringify(text)};` : text;
    },
  };
}

/** A path, and what a plugin has put behind it. */
function parted(id: string): readonly [path: string, query: string] {
  const at = id.indexOf('?');
  return at < 0 ? [id, ''] : [id.slice(0, at), id.slice(at)];
}
