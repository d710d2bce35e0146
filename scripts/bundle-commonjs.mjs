import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { inputsOf } from './bundle-esm.mjs';
import { LATE_MEMFS } from './late-memfs.mjs';
import { ownHeaders } from './own-headers.mjs';

/** Sources that may stand in more than one bundle: they hold no class, and no state of a copy's own. */
const REPEATABLE = new Set(
  ['platform/disk', 'platform/time', 'threads/thread-file', 'threads/own-threads', 'platform/realm'].map(
    (name) => `src/${name}.ts`,
  ),
);

/**
 * Bundles the CommonJS twin of each entry. Entries share instances: what one entry imports of another stays a require
 * of the other's file. A source that would stand in two bundles is an error, for its state and its classes would be
 * there twice.
 *
 * @param options.entries `{esm, cjs}`: the entry's file in the ESM build and its twin, relative to `made`
 * @param options.dependencies names of the packages that are installed with this one
 * @returns paths of what it was made of
 */
export async function bundleCommonJs({ root, made, entries, dependencies }) {
  const sourceOf = (entry) => posix.join('src', posix.relative('esm', entry.esm)).replace(/\.js$/, '.ts');
  const twins = new Map(entries.map((entry) => [join(root, sourceOf(entry)), entry.cjs]));
  const homes = new Map();
  const bundled = [];
  for (const [source, cjs] of twins) {
    if (!existsSync(source))
      throw new Error(`package.json exports ${cjs}, but ${relative(root, source)} isn't there.`);
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [source],
      outfile: join(made, cjs),
      bundle: true,
      platform: 'node',
      mainFields: ['module', 'main'],
      format: 'cjs',
      target: 'node20.19',
      metafile: true,
      // What packages in it make of turns of the event loop and of time, too (`src/platform/time.ts`).
      inject: [join(root, 'src/platform/time.ts')],
      logLevel: 'error',
      // Jest's default mode has no import() either.
      supported: { 'dynamic-import': false },
      define: { 'import.meta.url': 'fileUrl' },
      footer: { js: hasDefault(source) ? DEFAULT_NAMED : '' },
      banner: { js: "const fileUrl = require('node:url').pathToFileURL(__filename).href;" },
      plugins: [
        LATE_MEMFS,
        ownHeaders(join(root, 'src/wire/api/headers.ts')),
        keepOutside({ root, source, cjs, twins, dependencies }),
      ],
    });
    bundled.push(...inputsOf(metafile));
    for (const input of Object.keys(metafile.inputs)) {
      if (!input.startsWith('src/') || REPEATABLE.has(input)) continue;
      const home = homes.get(input);
      if (home)
        throw new Error(`${input} would stand in both ${home} and ${cjs}: import it through one entry.`);
      homes.set(input, cjs);
    }
  }
  return bundled;
}

/**
 * Names the default export for tools that read exports from the text: attw takes the first list of exports in a bundle for
 * the bundle's, and that is one of a module that is loaded later.
 */
const DEFAULT_NAMED = '0 && (exports.default = undefined);';

const hasDefault = (source) => /^export (default|\{ default)\b/m.test(readFileSync(source, 'utf8'));

/** Leaves out of a bundle what CommonJS can require at run time: the other entries and the dependencies. */
const keepOutside = ({ root, source, cjs, twins, dependencies }) => ({
  name: 'keep-outside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.{1,2}\//, namespace: 'file' }, ({ path, resolveDir }) => {
      const target = join(resolveDir, path).replace(/\.js$/, '.ts');
      const twin = twins.get(target);
      if (twin === undefined || target === source) return undefined;
      const there = posix.relative(posix.dirname(cjs), twin);
      return { path: there.startsWith('.') ? there : `./${there}`, namespace: 'twin' };
    });
    // A source of this package is ESM, so a default import of CommonJS is all of `module.exports`, as in Node. This
    // module belongs to no package: here a twin's default export is its `exports.default`.
    onLoad({ filter: /./, namespace: 'twin' }, ({ path }) => ({
      contents: `export * from ${JSON.stringify(path)}; export { default } from ${JSON.stringify(path)};`,
    }));
    onResolve({ filter: /./, namespace: 'twin' }, ({ path }) => ({ path, external: true }));
    onResolve({ filter: /^[^./]/, namespace: 'file' }, ({ path, kind }) => {
      if (kind === 'entry-point' || path.startsWith('node:')) return undefined;
      const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
      return dependencies.includes(name) && isRequirable(root, path) ? { path, external: true } : undefined;
    });
  },
});

/** Is what `require(specifier)` finds a CommonJS file? */
function isRequirable(root, specifier) {
  const file = createRequire(join(root, 'package.json')).resolve(specifier);
  if (/\.[cm]js$/.test(file)) return file.endsWith('.cjs');
  for (
    let directory = dirname(file);
    directory.includes(`${sep}node_modules${sep}`);
    directory = dirname(directory)
  ) {
    const manifest = join(directory, 'package.json');
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')).type !== 'module';
  }
  return true;
}
