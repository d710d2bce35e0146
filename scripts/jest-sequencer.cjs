const { relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The test files that take longest, most of them because they start processes or wait, from the longest to ten seconds.
 * Jest knows by itself only how long a file took the last time; in a fresh clone it goes by size, and the longest one, which
 * is short, came last and alone.
 */
const LONGEST = [
  'ends/ends',
  'process/cold-sync',
  'reliability/kills',
  'reliability/soak',
  'reliability/programs',
  'wire/deadlines',
  'store/artifact-commit-failures',
  'package/readme',
  'reliability/closing',
  'integrations/register-preload',
  'semantics/broken-transfers',
  'integrations/register',
  'package/installed',
  'process/exit',
  'kernel/content/journal/kills',
  'reliability/many-and-growing-files',
  'artifacts/writing',
].map((name) => `__tests__/${name}.test.ts`);

module.exports = class extends Sequencer {
  /** The longest files first, then the others as Jest would have them. */
  sort(tests) {
    const place = ({ path, context }) => {
      const index = LONGEST.indexOf(relative(context.config.rootDir, path).replaceAll('\\', '/'));
      return index === -1 ? LONGEST.length : index;
    };
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
};
