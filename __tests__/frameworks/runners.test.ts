import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makeProject } from '../ends/project.js';
import { type Finished, packageRoot, run } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

/** Each runner is started once, with all of its fixtures in `__fixtures__/frameworks`; `exercise.mjs` is what they do. */
const server = useServer(STANDARD);
let project: string;
beforeAll(async () => {
  await server.seed({ 'team/project/run': { 'a.txt': 'content' } });
  project = await makeProject('frameworks');
  // Under its name in this repository, Jest would give it to this repository's own tests.
  await mkdir(join(project, '__mocks__'));
  await rename(join(project, 'jest/mock-of-fs.js'), join(project, '__mocks__/fs.js'));
});

const modules = join(packageRoot, 'node_modules');

async function passed(args: readonly string[], counted: RegExp): Promise<string | undefined> {
  const finished: Finished = await run(process.execPath, args, {
    cwd: project,
    env: { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey },
  });
  const said = finished.stdout + finished.stderr;
  if (finished.exitCode !== 0) throw new Error(said);
  return counted.exec(said)?.[1];
}

test('Vitest: fake timers, vi.mock and spies on all of fs', async () => {
  const args = [join(modules, 'vitest/vitest.mjs'), 'run', '--pool=threads', '--no-color', 'vitest/'];
  expect(await passed(args, /Tests\s+(\d+ passed)/)).toBe('8 passed');
});

test('Jest, in both module systems: timers that are fake for every file, unstable_mockModule, a mock beside node_modules', async () => {
  const config = {
    testEnvironment: 'node',
    testMatch: ['**/jest/*.test.*js'],
    transform: {},
    fakeTimers: { enableGlobally: true },
  };
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    join(modules, 'jest/bin/jest.js'),
    '--runInBand',
  ];
  expect(await passed([...args, '--config', JSON.stringify(config)], /Tests:\s+(\d+ passed)/)).toBe(
    '5 passed',
  );
});

test("node:test's mock.timers", async () => {
  expect(
    await passed(['--test', '--test-reporter=tap', 'node-test/fake-timers.test.mjs'], /^# (pass \d+)$/m),
  ).toBe('pass 2');
});
