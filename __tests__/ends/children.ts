import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { environment, packageRoot, UNOPTIMISED } from '../helpers/processes.js';
import type { Status, Writer } from './ways.js';

/** Longer than the longest drain and a busy machine take together. */
const HANG_MS = 30_000;

export interface Child {
  readonly ended: Promise<Status | 'never'>;
  /** All that it has said so far, on both streams. */
  readonly said: () => string;
  kill(signal: NodeJS.Signals): void;
}

const modules = join(packageRoot, 'node_modules');

async function argumentsOf(
  { kind, args }: Writer,
  project: string,
  parts: number,
): Promise<readonly string[]> {
  const files = (directory: string, suffix: string) =>
    Array.from({ length: parts }, (_, part) => `${directory}/part-${part}.test.${suffix}`);
  if (kind === 'process') return args;
  if (kind === 'node --test') return ['--test', ...args, ...files('node-test', 'mjs')];
  if (kind === 'vitest')
    return [join(modules, 'vitest/vitest.mjs'), 'run', ...args, ...files('vitest', 'mjs')];
  // Jest takes no second worker for one file, nor for files that it remembers as quick.
  const cache = await mkdtemp(join(project, 'jest-cache-'));
  const program = join(modules, 'jest/bin/jest.js');
  return [program, '--cacheDirectory', cache, ...args, ...files('jest', 'cjs'), 'jest/nothing.test.cjs'];
}

/**
 * Starts a process in the project. One that never ends is killed.
 *
 * @param parts of how many parts a runner runs the files of tests
 */
export async function start(
  writer: Writer,
  project: string,
  env: Readonly<Record<string, string>>,
  parts = 1,
): Promise<Child> {
  const args = await argumentsOf(writer, project, parts);
  const child = spawn(process.execPath, [...UNOPTIMISED, ...args], { cwd: project, env: environment(env) });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  child.stdin.end();
  const ended = new Promise<Status | 'never'>((resolve, reject) => {
    let isHanging = false;
    const timer = setTimeout(() => {
      isHanging = true;
      child.kill('SIGKILL');
    }, HANG_MS);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(isHanging ? 'never' : (code ?? signal ?? Number.NaN));
    });
  });
  return { ended, said: () => said, kill: (signal) => void child.kill(signal) };
}
