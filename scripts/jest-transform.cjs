const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { buildSync, transformSync, version } = require('esbuild');

const root = join(__dirname, '..');

/**
 * What comes as one file with the packages that it imports: they have a hundred files or more, and every test file would
 * load each of them anew.
 */
const WHOLE = new Map([
  ...['graphql', 'memfs', 'p-queue', 'webdav'].map((name) => [
    require.resolve(name, { paths: [root] }),
    name,
  ]),
  [join(root, 'src/wire/api/graphql.ts'), './src/wire/api/graphql.ts'],
]);

/** What else is in a bundle follows from the versions that are installed. */
const versions = readFileSync(join(root, 'package-lock.json'));

const OPTIONS = {
  format: 'cjs',
  target: 'node20',
  // There is no import() in Jest's default mode.
  supported: { 'dynamic-import': false },
};

function bundle(name) {
  const { outputFiles } = buildSync({
    ...OPTIONS,
    absWorkingDir: root,
    entryPoints: [name],
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    write: false,
  });
  return { code: outputFiles[0].text };
}

/** Jest's default mode runs CommonJS: TypeScript and ESM sources become that, one file at a time. */
const transform = (source, file) =>
  transformSync(source, {
    ...OPTIONS,
    loader: file.endsWith('ts') ? 'ts' : 'js',
    sourcefile: file,
    sourcemap: 'external',
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(file).href) },
  });

module.exports = {
  process: (source, file) => (WHOLE.has(file) ? bundle(WHOLE.get(file)) : transform(source, file)),
  getCacheKey(source, file) {
    const hash = createHash('sha256').update(version).update(__filename).update(file).update(source);
    if (WHOLE.has(file)) hash.update(versions);
    return hash.digest('hex');
  },
};
