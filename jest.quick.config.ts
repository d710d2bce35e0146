/** @jest-config-loader esbuild-register */
import config from './jest.config.ts';

/**
 * What starts many processes, runs other people's tools or random
 * programs, compares with Node call by call, waits for what fails, or counts the requests for thousands of files.
 */
const LONG = [
  'artifacts/(compressed-references|concurrency|hostile-manifests|sdk-cache)',
  'differential/',
  'ends/',
  'frameworks/',
  'integrations/(node-vfs|register)',
  'io/(own-threads|thread)',
  'cli/(interrupted|terminal|upload-on-terminal|walk-request-counts)',
  'kernel/(model|what-is-left|content/journal/kills|.*-node)',
  'node/(blobs|promises-watch|watch|.*-equals?-node)',
  'package/(benchmarks|cli-page|contents|first-use|installed|pages?(-types)?|files-passed|test-plan)',
  'process/',
  'reliability/',
  'semantics/(bad-line|mirror-model|broken-transfers|claimed-sizes|expired-urls|failing-server|get-resume|growth|large-files|refused-uploads|uploads-over-a-bad-line|whole-files)',
  'semantics/(copy-request|read-ahead|walk-request)-counts',
  'store/(artifact-commit-(failures|meanwhile)|artifacts-contract|artifacts-manifest)',
  'testing/(artifact-seeding|command-line|recorded/record)',
  'tools/',
  'wire/deadlines',
];

/** What `npm test` runs; `npm run test:long` and continuous integration run all. */
export default {
  ...config,
  testPathIgnorePatterns: [
    ...(config.testPathIgnorePatterns ?? []),
    ...LONG.map((path) => `<rootDir>/__tests__/${path}`),
  ],
};
