const { transformSync } = require('esbuild');
const { createHash } = require('node:crypto');
const { version } = require('esbuild');

/** Jest's default mode runs CommonJS: TypeScript and ESM sources become that, one file at a time. */
module.exports = {
  process(source, file) {
    const { code, map } = transformSync(source, {
      format: 'cjs',
      target: 'node20',
      loader: file.endsWith('ts') ? 'ts' : 'js',
      sourcefile: file,
      sourcemap: 'external',
    });
    return { code, map };
  },
  getCacheKey: (source, file) => createHash('sha256').update(version).update(file).update(source).digest('hex'),
};
