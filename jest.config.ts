/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  transform: { '\\.[cm]?[jt]s$': '<rootDir>/scripts/jest-transform.cjs' },
  // Sources name their compiled siblings ('./x.js'), as NodeNext asks; under Jest the sibling is the .ts file.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Jest's default mode can't require ESM, so what ships as ESM only goes through the transform too.
  transformIgnorePatterns: ['/node_modules/(?!(p-queue|p-timeout|eventemitter3|graphql-request|@graphql-typed-document-node)/)', '<rootDir>/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testTimeout: 30_000,
};

export default config;
