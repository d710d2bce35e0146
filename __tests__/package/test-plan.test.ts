import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, run, runWell } from '../helpers/processes.js';

interface Step {
  readonly name: string;
  readonly tests?: readonly string[];
}

const node = (...args: string[]): Promise<string> => runWell(process.execPath, args, { cwd: packageRoot });
const linesOf = (text: string): string[] => text.split('\n').filter(Boolean);

let plan: readonly Step[];
let groups: ReadonlyMap<string, string>;
const planned = async (...args: string[]): Promise<readonly Step[]> =>
  JSON.parse(await node('.ci/plan.mjs', '--list', ...args));

beforeAll(async () => {
  plan = await planned();
  groups = new Map(
    linesOf(await node('scripts/test-groups.mjs')).map((line) => {
      const [file = '', ...names] = line.split(' ');
      return [file, names.join(' ')];
    }),
  );
});

test.each([[[]], [['--matrix']]])('every test file is in a step of the plan (%j)', async (args) => {
  const steps = args.length > 0 ? await planned(...args) : plan;
  const seen = new Set(steps.flatMap(({ tests = [] }) => tests));
  expect([...groups.keys()].filter((file) => !seen.has(file))).toEqual([]);
  expect(steps.filter(({ tests }) => tests?.length === 0)).toEqual([]);
});

test('what depends on Node runs on each, and what depends on the server against each kind', () => {
  const times = (file: string) => plan.filter(({ tests = [] }) => tests.includes(file)).length;
  const found = [...groups].map(([file, names]) => [names, times(file)]);
  const expected: Readonly<Record<string, number>> = {
    once: 1,
    node: 4,
    users: 2,
    ways: 3,
    'node ways': 4,
    alone: 1,
  };
  expect(found.filter(([names = '', count]) => expected[names] !== count)).toEqual([]);
});

test('the groups are told by what a file and its helpers import and call', () => {
  expect(
    Object.fromEntries(
      [
        'config/netrc',
        'wire/retry',
        'kernel/races',
        'kernel/descriptors-equal-node',
        'node/validation-equals-node',
        'wire/certificates',
        // By the server that the helpers of artifacts start, and by its own.
        'artifacts/changing',
        'semantics/two-instances',
        // Of one kind of server only, whatever else the helpers of artifacts could start.
        'semantics/info',
        'artifacts/request-counts',
        // Runners of tests, tools that pass the faces, programs that are started, and by what only texts tell.
        'frameworks/runners',
        'tools/tar',
        'kernel/content/journal/kills',
        'package/documents',
        'process/exit',
        'reliability/programs',
      ].map((name) => [name, groups.get(`__tests__/${name}.test.ts`)]),
    ),
  ).toEqual({
    'config/netrc': 'once',
    'wire/retry': 'once',
    'kernel/races': 'once',
    'kernel/descriptors-equal-node': 'node',
    'node/validation-equals-node': 'node',
    'wire/certificates': 'node',
    'artifacts/changing': 'ways',
    'semantics/two-instances': 'ways',
    'semantics/info': 'once',
    'artifacts/request-counts': 'once',
    'frameworks/runners': 'users',
    'tools/tar': 'once',
    'kernel/content/journal/kills': 'once',
    'package/documents': 'once',
    'process/exit': 'node ways',
    'reliability/programs': 'alone',
  });
});

describe('a step', () => {
  const runPlan = async (...steps: readonly object[]) => {
    const file = join(await makeDirectory(), 'plan.mjs');
    const source = pathToFileURL(join(packageRoot, '.ci/steps.mjs')).href;
    await writeFile(
      file,
      `import { runPlan } from '${source}'; process.exitCode = await runPlan(${JSON.stringify(steps)});`,
    );
    return run(process.execPath, [file], { cwd: packageRoot });
  };
  const step = (name: string, script: string, more: object = {}) => ({
    name,
    seconds: 60,
    after: [],
    command: [process.execPath, '--eval', script],
    ...more,
  });
  const ENDLESS = 'setInterval(() => {}, 1000)';

  test('of tests is told with what each file did, and without a list of them all', async () => {
    const file = '__tests__/config/netrc.test.ts';
    const { stdout, exitCode } = await runPlan({
      name: 'tests',
      seconds: 60,
      after: [],
      tests: [file],
      workers: 1,
    });
    expect(stdout.split(file)).toHaveLength(2);
    expect(stdout).toMatch(
      /\nTests: +(\d+) passed, \1 total\n.*\n--- tests: \d+ s, \d+ of a core\n.*\n\1 passed, 0 failed\n$/s,
    );
    expect(exitCode).toBe(0);
  });

  test('that fails is told with what it said, and ends what runs beside it', async () => {
    const { stdout, exitCode } = await runPlan(
      step('beside', ENDLESS),
      step('wrong', 'console.error("what is wrong"); process.exit(7)'),
      step('later', '', { after: ['wrong'] }),
    );
    expect(stdout).toMatch(/=== wrong\nwhat is wrong\n--- wrong/);
    expect(stdout).toContain('ended: beside');
    expect(stdout).not.toContain('... later');
    expect(stdout).toMatch(/\nfailed: wrong \(exit code 7\)\n\n0 passed, 0 failed\n$/);
    expect(exitCode).toBe(1);
  });

  test('that takes longer than its limit fails', async () => {
    const { stdout, exitCode } = await runPlan(step('slow', ENDLESS, { seconds: 0.2 }));
    expect(stdout).toContain('It took longer than 0.2 s.');
    expect(stdout).toContain('failed: slow (exit code SIGTERM)');
    expect(exitCode).toBe(1);
  });
});
