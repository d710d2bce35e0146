import { join } from 'node:path';
import { makeProject } from '../ends/project.js';
import { type Finished, packageRoot, run } from '../helpers/processes.js';

const modules = join(packageRoot, 'node_modules');
const inJest = (file: string, more: object = {}) => ({
  testEnvironment: 'node',
  transform: {},
  testMatch: [`**/jest/${file}.test.cjs`],
  ...more,
});
const projects = [inJest('suite'), inJest('imported-globals', { injectGlobals: false })];
const jestArgs = ['--runInBand', '--verbose', '--config', JSON.stringify({ projects })];
/** The projects of Vitest are in the fixture. */
const vitestArgs = ['run', '--reporter=verbose', '--no-color', '--configLoader=native'];

const JEST = [join(modules, 'jest/bin/jest.js'), ...jestArgs];
const VITEST = [join(modules, 'vitest/vitest.mjs'), ...vitestArgs];
const NODE_TEST = ['--test', '--test-reporter=spec', 'node-test/suite.test.mjs'];

/** A user's project with the package in it, and files of tests for each runner. */
let project: string;
beforeAll(async () => {
  project = await makeProject('use-fake-wandb');
});

const started = new Map<readonly string[], Promise<Finished>>();
/** A runner is started once for all ways of it. */
function finished(args: readonly string[]): Promise<Finished> {
  const ended = started.get(args) ?? run(process.execPath, args, { cwd: project });
  started.set(args, ended);
  return ended;
}

/** What is said below lines that name one of the ways: of a file by Jest, of each test by Vitest. */
const saidOf = (way: string, said: string): string =>
  said
    .split(/^(?= ?FAIL | [✓×] )/m)
    .filter((part) => part.split('\n', 1)[0]?.includes(way))
    .join('');

/** How a runner tells that a test has passed, before its title, and that one has failed. */
const MARKS = /(?:^|\n)\s*(?<mark>✓|✔|√|×|✕|✖|ok|not ok)\s(?<line>[^\n]*)/g;

function outcomes(said: string): Map<string, boolean> {
  const found = new Map<string, boolean>();
  const titles = [...said.matchAll(MARKS)].map(({ groups = {} }) => groups);
  for (const { mark = '', line = '' } of titles) {
    const title = TITLES.find((each) => line.includes(each));
    if (title !== undefined && !found.has(title)) found.set(title, '✓✔√ok'.includes(mark));
  }
  return found;
}

const TITLES = [
  'reads what is seeded, and writes',
  'has the same server as it was, and closed objects',
  'commits',
  'is reached by what the environment configures',
  'meets faults, and may leave content unsent',
  'FAILS: leaves content unsent',
  'FAILS: leaves content that cannot be sent',
  'FAILS: leaves content of the default object unsent',
  'goes on behind them',
];
const EXPECTED = new Map(TITLES.map((title) => [title, !title.startsWith('FAILS')]));

describe.each([
  ['Jest', JEST, 'jest/suite.test'],
  ['Jest without globals', JEST, 'jest/imported-globals.test'],
  ['Vitest', VITEST, '|as it comes|'],
  ['Vitest with globals, in threads', VITEST, '|with globals, in threads|'],
  ['node:test', NODE_TEST, ''],
])('useFakeWandb in %s', (_runner, args, way) => {
  test('resets between tests, closes what it gave, and fails tests that leave content unsent', async () => {
    const { stdout, stderr, exitCode } = await finished(args);
    const all = stdout + stderr;
    const said = saidOf(way, all);
    expect({ all, outcomes: outcomes(said) }).toEqual({ all, outcomes: EXPECTED });
    expect(exitCode).toBe(1);
    expect(said).toContain("The test leaves content that isn't on the server:");
    expect(said).toContain('team/flowers/run-1/forgotten.txt');
    expect(said).toContain('team/flowers/run-1/refused.txt');
    expect(said).toContain('team/flowers/run-1/by-default.txt');
    expect(all).not.toMatch(/did not exit|close timed out|hanging-process/i);
  });
});
