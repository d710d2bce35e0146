import { resolve } from 'node:path';
import { isAbsence, type Mounts, Sources } from './sources.js';

/** What this plugin uses of webpack's `Compiler`. */
interface WebpackCompiler {
  inputFileSystem: object | null;
  outputFileSystem: object | null;
  readonly options: {
    readonly context?: string | undefined;
    readonly resolve: { modules?: string[] | undefined };
  };
  readonly hooks: {
    readonly afterCompile: {
      tap(name: string, listener: (compilation: { readonly errors: Error[] }) => void): void;
    };
  };
}

/** What webpack and its resolver ask of the filesystem that they read. */
const ASKED = ['stat', 'lstat', 'readFile', 'readlink', 'readdir', 'realpath'] as const;

/**
 * A plugin for webpack: it reads and writes through trees of W&B that are mounted over the disk. To webpack's resolver any
 * error means that a file isn't there; so the first one that means something else, a wrong key or a server that is down,
 * fails the build with its reason. Packages that aren't found from a mounted file are those of the project's `context`.
 *
 * ```js
 * export default { entry: '/srv/run/src/main.js', plugins: [webpackMounts({ '/srv/run': fs })] };
 * ```
 *
 * @throws TypeError for mounts that can't be, as `mountAll()` does
 */
export function webpackMounts(mounts: Mounts): { apply(compiler: WebpackCompiler): void } {
  const sources = new Sources(mounts);
  return {
    apply(compiler) {
      const { context = process.cwd(), resolve: resolving } = compiler.options;
      resolving.modules = [...(resolving.modules ?? ['node_modules']), resolve(context, 'node_modules')];
      let failure: Error | null = null;
      compiler.inputFileSystem = heard(sources, (error) => {
        failure ??= error;
      });
      compiler.outputFileSystem = sources.fs;
      compiler.hooks.afterCompile.tap('wandb-fs', ({ errors }) => {
        if (failure) errors.unshift(failure);
        failure = null;
      });
    },
  };
}

/** The filesystem, with somebody who hears why it couldn't answer for a path of a tree. */
function heard(sources: Sources, onFailure: (error: Error) => void): object {
  const members: Record<string, unknown> = { ...sources.fs };
  for (const name of ASKED) {
    const ask = sources.fs[name] as (...args: unknown[]) => void;
    members[name] = (...args: unknown[]) => {
      const callback = args.pop() as (error: Error | null, ...values: unknown[]) => void;
      ask(...args, (error: Error | null, ...values: unknown[]) => {
        if (error && !isAbsence(error) && sources.isMounted(String(args[0]))) onFailure(error);
        callback(error, ...values);
      });
    };
  }
  return members;
}
