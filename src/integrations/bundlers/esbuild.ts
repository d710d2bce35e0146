import { dirname } from 'node:path';
import { type Mounts, Sources } from './sources.js';

/** What this plugin uses of esbuild's `PluginBuild`. */
interface EsbuildBuild {
  readonly initialOptions: {
    write?: boolean | undefined;
    readonly outdir?: string | undefined;
    readonly outfile?: string | undefined;
    readonly absWorkingDir?: string | undefined;
  };
  resolve(path: string, options: ResolveOptions): Promise<Resolved>;
  onResolve(options: Filter, answer: (args: ResolveArgs) => Promise<Resolved | null>): void;
  onLoad(options: Filter, answer: (args: { readonly path: string }) => Promise<Loaded>): void;
  onEnd(listener: (result: Ended) => Promise<void>): void;
}

type Kind =
  | 'entry-point'
  | 'import-statement'
  | 'require-call'
  | 'dynamic-import'
  | 'require-resolve'
  | 'import-rule'
  | 'composes-from'
  | 'url-token';
interface Filter {
  readonly filter: RegExp;
  readonly namespace: 'file' | '';
}
interface ResolveOptions {
  readonly kind: Kind;
  readonly resolveDir: string;
  readonly pluginData: unknown;
}
interface ResolveArgs {
  readonly path: string;
  readonly importer: string;
  readonly kind: Kind;
  readonly pluginData: unknown;
}
interface Resolved {
  readonly path?: string;
}
interface Loaded {
  readonly contents: Uint8Array;
  readonly loader: 'default';
  readonly resolveDir: string;
}
interface Ended {
  readonly errors: readonly unknown[];
  readonly outputFiles?: readonly { readonly path: string; readonly contents: Uint8Array }[] | undefined;
}

/** Marks a question that this plugin passes on to esbuild. */
const PASSED_ON = Symbol('wandb-fs');

/**
 * A plugin for esbuild, which reads the disk by itself: files below the mount points are read from trees of W&B, and the
 * outputs are written there and uploaded when `outdir` or `outfile` is below one. Packages that they import are those of
 * the working directory. A file that can't be told, by a wrong key or a server that is down, fails the build with that
 * reason.
 *
 * ```js
 * await build({ entryPoints: ['/srv/run/src/main.ts'], plugins: [esbuildMounts({ '/srv/run': fs })], … });
 * ```
 *
 * @throws TypeError for mounts that can't be, as `mountAll()` does
 */
export function esbuildMounts(mounts: Mounts): { name: string; setup(build: EsbuildBuild): void } {
  const sources = new Sources(mounts);
  return {
    name: 'wandb-fs',
    setup(build) {
      const { initialOptions } = build;
      const resolveDir = initialOptions.absWorkingDir ?? process.cwd();
      const resolve = async ({ path, importer, kind, pluginData }: ResolveArgs): Promise<Resolved | null> => {
        if (pluginData === PASSED_ON) return null;
        const target = sources.pathOf(path, importer);
        if (target !== null && sources.isMounted(target)) {
          const found = await sources.find(target);
          if (found === null) throw new Error(`Could not resolve "${path}": ${target} isn't there.`);
          return { path: found };
        }
        if (!sources.isMounted(importer)) return null;
        return build.resolve(target ?? path, { kind, resolveDir, pluginData: PASSED_ON });
      };
      // Entry points have no namespace yet.
      for (const namespace of ['file', ''] as const) build.onResolve({ filter: /./, namespace }, resolve);
      build.onLoad({ filter: below(Object.keys(mounts)), namespace: 'file' }, async ({ path }) => ({
        contents: await sources.fs.promises.readFile(path),
        loader: 'default',
        resolveDir: dirname(path),
      }));
      const { outdir, outfile } = initialOptions;
      if (![outdir, outfile].some((path) => path !== undefined && sources.isMounted(path))) return;
      initialOptions.write = false;
      build.onEnd(async ({ errors, outputFiles = [] }) => {
        if (errors.length === 0) await write(sources, outputFiles);
      });
    },
  };
}

async function write(sources: Sources, files: NonNullable<Ended['outputFiles']>): Promise<void> {
  const { promises, wandb } = sources.fs;
  for (const { path, contents } of files) {
    await promises.mkdir(dirname(path), { recursive: true });
    await promises.writeFile(path, contents);
  }
  await wandb.flush();
}

/** Matches the paths below some prefixes, in the syntax of Go: it asks only for them. */
function below(prefixes: readonly string[]): RegExp {
  const escaped = prefixes.map((prefix) => prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^(?:${escaped.join('|')})/`);
}
