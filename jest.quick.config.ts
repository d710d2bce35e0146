/** @jest-config-loader esbuild-register */
import config from './jest.config.ts';

/** What starts many processes, runs other people's tools, or takes its time: as long as all others together. */
const LONG = [
  'ends/',
  'process/',
  'reliability/',
  'tools/',
  'integrations/register',
  'kernel/content/journal/kills',
  'package/(installed|readme)',
  'semantics/large-files',
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
