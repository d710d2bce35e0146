import type nodeFs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CachedInputFileSystem } from 'enhanced-resolve';
import webpack, { type Compiler } from 'webpack';

type NodeFs = typeof nodeFs;

interface FileSystems {
  /** Where the sources are. @default node:fs */
  readonly input?: NodeFs;
  /** Where the bundle goes. @default node:fs */
  readonly output?: NodeFs;
}

const compilers: Compiler[] = [];
afterEach(async () => {
  for (const compiler of compilers.splice(0)) await promisify(compiler.close.bind(compiler))();
});

/** Reads the sources of a directory; the bundle goes to `dist` in it, or elsewhere. */
export function compilerOf(
  directory: string,
  { input, output }: FileSystems,
  path = join(directory, 'dist'),
) {
  const compiler = webpack({
    context: directory,
    entry: './src/index.js',
    // webpack takes the name from the package.json that the disk has there, whatever filesystem it is given.
    output: { path, filename: '[name].[contenthash].js', uniqueName: 'app' },
    mode: 'production',
    stats: 'none',
    infrastructureLogging: { level: 'none' },
    optimization: { minimize: false },
    devtool: 'source-map',
  });
  if (input) {
    // The types of the two packages, each fit for node:fs, don't fit each other.
    compiler.inputFileSystem = new CachedInputFileSystem(
      input,
      60_000,
    ) as unknown as Compiler['inputFileSystem'];
  }
  if (output) compiler.outputFileSystem = output;
  compilers.push(compiler);
  return compiler;
}

/** The names of the assets that a build has emitted. */
export async function build(compiler: Compiler): Promise<readonly string[]> {
  const stats = await promisify(compiler.run.bind(compiler))();
  const { errors, assets } = stats?.toJson({ all: false, errors: true, assets: true }) ?? {};
  expect(errors).toEqual([]);
  return (assets ?? []).map(({ name }) => name);
}

/** The modules that had to be built. webpack's own files are among what its cache depends on, so it needs the disk as well. */
export async function buildCached(fs: NodeFs, directory: string): Promise<readonly (string | undefined)[]> {
  const compiler = webpack({
    context: directory,
    entry: './src/index.js',
    output: { path: join(directory, 'dist'), uniqueName: 'app' },
    mode: 'development',
    devtool: false,
    stats: 'none',
    // A cache that fails is a warning of this logger.
    infrastructureLogging: { level: 'warn' },
    plugins: [
      {
        // Before the cache takes hold of it.
        apply: (starting: Compiler) => {
          starting.inputFileSystem = fs as unknown as Compiler['inputFileSystem'];
          starting.outputFileSystem = fs;
          starting.intermediateFileSystem = fs as unknown as Compiler['intermediateFileSystem'];
        },
      },
    ],
    cache: {
      type: 'filesystem',
      cacheDirectory: join(directory, '.cache'),
      name: 'build',
      version: '1',
      compression: 'gzip',
    },
  });
  const stats = await promisify(compiler.run.bind(compiler))();
  const { errors, modules } =
    stats?.toJson({
      all: false,
      errors: true,
      modules: true,
      cachedModules: true,
      runtimeModules: false,
    }) ?? {};
  expect(errors).toEqual([]);
  // Closing writes the cache.
  await promisify(compiler.close.bind(compiler))();
  return (modules ?? []).filter(({ built }) => built).map(({ name }) => name);
}
