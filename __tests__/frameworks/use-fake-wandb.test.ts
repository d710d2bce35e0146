import { join } from 'node:path';
import { makeProject } from '../ends/project.js';
import { packageRoot, run } from '../helpers/processes.js';

const modules = join(packageRoot, 'node_modules');
const jestArgs = [join(modules, 'jest/bin/jest.js'), '--runInBand'];
const vitestArgs = [join(modules, 'vitest/vitest.mjs'), 'run', '--reporter=verbose', '--no-color'];

/** A project with the package in it, and one file of tests for each runner. */
let project: string;
beforeAll(async () => {
  project = await makeProject('use-fake-wandb');
});

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
  ['Jest', [...jestArgs, 'jest/suite.test']],
  ['Jest without globals', [...jestArgs, '--injectGlobals=false', 'imported-globals.test']],
  ['Vitest', [...vitestArgs, 'vitest/suite.test']],
  ['Vitest with globals, in threads', [...vitestArgs, '--globals', '--pool=threads', 'vitest/suite.test']],
  ['node:test', ['--test', '--test-reporter=spec', 'node-test/suite.test.mjs']],
])('useFakeWandb in %s', (_runner, args) => {
  test('resets between tests, closes what it gave, and fails tests that leave content unsent', async () => {
    const { stdout, stderr, exitCode } = await run(process.execPath, args, { cwd: project });
    const said = stdout + stderr;
    expect({ said, outcomes: outcomes(said) }).toEqual({ said, outcomes: EXPECTED });
    expect(exitCode).toBe(1);
    expect(said).toContain("The test leaves content that isn't on the server:");
    expect(said).toContain('team/flowers/run-1/forgotten.txt');
    expect(said).toContain('team/flowers/run-1/refused.txt');
    expect(said).toContain('team/flowers/run-1/by-default.txt');
    expect(said).not.toMatch(/did not exit|close timed out|hanging-process/i);
  });
});
