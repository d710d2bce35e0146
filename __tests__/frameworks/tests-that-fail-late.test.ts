import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, run } from '../helpers/processes.js';

/**
 * `scripts/jest-runtime.cjs` keeps what test runs in a way of its own before Node 24. That may change whom a failure is told of,
 * and never that it is told.
 */
const hasContexts = Number.parseInt(process.versions.node, 10) >= 24;

async function runOwnJest(source: string): Promise<{ exitCode: number; told: string }> {
  const directory = await makeDirectory();
  await writeFile(join(directory, 'some.test.js'), source);
  const runtime = join(packageRoot, 'scripts/jest-runtime.cjs');
  const config = JSON.stringify({ rootDir: directory, runtime, transform: {}, verbose: true });
  const jest = join(packageRoot, 'node_modules/jest/bin/jest.js');
  const { exitCode, stdout, stderr } = await run(process.execPath, [jest, '--config', config], {
    cwd: directory,
  });
  return { exitCode, told: stdout + stderr };
}

test('what a test leaves behind and fails while another runs fails the run', async () => {
  const { exitCode, told } = await runOwnJest(`
    test('leaves', () => { setTimeout(() => Promise.reject(new Error('of the one that left')), 20); });
    test('stays', () => new Promise((resolve) => setTimeout(resolve, 60)));
    test('passes', () => {});`);
  expect(exitCode).toBe(1);
  expect(told).toContain('of the one that left');
  expect(told).toContain('1 failed, 2 passed');
});

test('a test or hook that fails, or takes too long, fails by its own name, and those behind it run', async () => {
  const { exitCode, told } = await runOwnJest(`
    test('throws', async () => { await null; throw new Error('in the test'); });
    test('hangs', () => new Promise(() => {}), 50);
    describe('behind a hook', () => {
      beforeEach(() => Promise.reject(new Error('in the hook')));
      test('never begins', () => {});
    });
    test('passes', () => new Promise((resolve) => setTimeout(resolve, 5)));`);
  expect(exitCode).toBe(1);
  for (const name of ['throws', 'hangs', 'never begins']) expect(told).toMatch(new RegExp(`✕ ${name}`));
  expect(told).toMatch(/✓ passes/);
  expect(told).toContain('3 failed, 1 passed');
});

test(`tests of a file at the same time ${hasContexts ? 'each have their own failure' : 'are refused, and not mixed up'}`, async () => {
  const { exitCode, told } = await runOwnJest(`
    const soon = () => new Promise((resolve) => setTimeout(resolve, 10));
    test.concurrent('fails', async () => { await soon(); throw new Error('of this one'); });
    test.concurrent('passes', soon);`);
  expect(exitCode).toBe(1);
  expect(told).toContain(hasContexts ? '1 failed, 1 passed' : 'test.concurrent) need Node 24 or newer');
});
