const { createHash } = require('node:crypto');
const { pathToFileURL } = require('node:url');
const { transformSync, version } = require('esbuild');

/** Jest's default mode runs CommonJS: TypeScript and ESM sources become that, one file at a time. */
module.exports = {
  process(source, file) {
    return transformSync(source, {
      format: 'cjs',
      target: 'node20',
      loader: file.endsWith('ts') ? 'ts' : 'js',
      sourcefile: file,
      sourcemap: 'external',
      define: { 'import.meta.url': JSON.stringify(pathToFileURL(file).href) },
      // There is no import() in Jest's default mode.
      supported: { 'dynamic-import': false },
    });
  },
  getCacheKey: (source, file) =>
    createHash('sha256').update(version).update(__filename).update(file).update(source).digest('hex'),
};
