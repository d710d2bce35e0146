/** @jest-config-loader esbuild-register */
import { availableParallelism } from 'node:os';
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  // What else is in the root is crawled for nothing: packages, Nodes, Pythons.
  roots: ['<rootDir>/__tests__', '<rootDir>/src'],
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  testPathIgnorePatterns: [
    // These talk to the official Python SDK; WANDB_PYTHON names an interpreter that has it. All others need Node only.
    ...(process.env.WANDB_PYTHON ? [] : ['<rootDir>/__tests__/interop/']),
    // WANDB_BUN and WANDB_DENO name the programs of these runtimes.
    ...(process.env.WANDB_BUN && process.env.WANDB_DENO ? [] : ['/frameworks/runtimes.test.ts$']),
    // WANDB_CHROMIUM names the program of a headless Chromium.
    ...(process.env.WANDB_CHROMIUM ? [] : ['/serve/browser.test.ts$']),
  ],
  ...(process.env.WANDB_PYTHON && {
    globalSetup: '<rootDir>/__tests__/interop/server.ts',
    globalTeardown: '<rootDir>/__tests__/interop/server-end.ts',
  }),
  runtime: '<rootDir>/scripts/jest-runtime.cjs',
  // Found in a module's own scope: in the context that Jest makes for each file, each look at a global asks Node's native
  // code. None of these is ever mocked, nor declared anew by a package.
  sandboxInjectedGlobals: [
    'Array',
    'Error',
    'JSON',
    'Map',
    'Math',
    'Number',
    'Object',
    'Promise',
    'Set',
    'String',
    'Symbol',
  ],
  transform: { '\\.[cm]?[jt]s$': '<rootDir>/scripts/jest-transform.cjs' },
  resolver: '<rootDir>/scripts/jest-resolver.cjs',
  // Jest's default mode can't require ESM, so what ships as ESM only goes through the transform too; so do three entries
  // that it makes whole packages of.
  transformIgnorePatterns: [
    '/node_modules/(?!(fast-string-truncated-width|p-queue|p-timeout|eventemitter3|graphql-request)/|graphql/index\\.js$|memfs/lib/index\\.js$|webdav/dist/node/index\\.js$)',
    '<rootDir>/dist/',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // Tests wait for servers, processes and clocks as much as they compute.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testTimeout: 30_000,
  // A worker that ran hundreds of files has a gigabyte or two to give back, which beside other suites takes longer than Jest's
  // default of 500 ms. One that is killed meanwhile leaves its temporary files.
  workerGracefulExitTimeout: 10_000,
};

export default config;
