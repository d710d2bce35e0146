import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { JournalOptions } from '../../../../../src/kernel/content/journal/journal.js';
import type { Step } from './programs.js';

let directory: string;
let bundle: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-test-'));
  bundle = join(directory, 'journal.cjs');
  buildSync({
    entryPoints: [join(__dirname, '../../../../../src/kernel/content/journal/journal.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The module of the journal, as a file that any process or thread can require. */
export const journalFile = (): string => bundle;

export interface Life {
  readonly options: JournalOptions;
  readonly steps?: readonly Step[];
  /** How many of the steps are taken before calls count. @default 0: opening counts */
  readonly quietSteps?: number;
  /** The change of the disk at which it is killed, counted from 1. @default behind the last step */
  readonly killAt?: number;
  /** Killed with half of that call done, where a call can be half done. @default false */
  readonly isCutShort?: boolean;
}

export interface Death {
  /** Steps that returned. */
  readonly done: number;
  /** What `takeOver` returned; null if it didn't. */
  readonly recovered: number | null;
  /** Changes of the disk; null if it was killed at one. */
  readonly calls: number | null;
  /** Those of them that can be half done. */
  readonly divisible: readonly number[];
}

const number = (text: string, word: string): number | null => {
  const found = [...text.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].at(-1)?.[1];
  return found === undefined ? null : Number(found);
};

/** Runs a process until its death, by SIGKILL. */
export function live({
  options,
  steps = [],
  quietSteps = 0,
  killAt = 0,
  isCutShort = false,
}: Life): Promise<Death> {
  const child = start({ bundle, options, steps, quietSteps, killAt, isCutShort });
  return new Promise((resolve, reject) => {
    child.once('close', (_code, signal) => {
      const { stdout, stderr } = child.said;
      if (signal !== 'SIGKILL')
        return reject(new Error(`The process ended otherwise.\n${stdout}\n${stderr}`));
      const [done, recovered, calls] = [
        number(stdout, 'done'),
        number(stdout, 'recovered'),
        number(stdout, 'calls'),
      ];
      const divisible = /^divisible ([\d,]+)$/m.exec(stdout)?.[1]?.split(',').map(Number) ?? [];
      resolve({ done: done ?? 0, recovered, calls, divisible });
    });
  });
}

/** A process that has taken its steps, and lives until it is killed. */
export interface Living {
  readonly recovered: number;
  readonly kill: () => Promise<void>;
}

export function liveOn(options: JournalOptions, steps: readonly Step[]): Promise<Living> {
  const life = { bundle, options, steps, quietSteps: 0, killAt: 0, isCutShort: false, isWaiting: true };
  const child = start(life);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return closed;
  };
  return new Promise((resolve, reject) => {
    child.stdout.on('data', () => {
      if (number(child.said.stdout, 'calls') === null) return;
      resolve({ recovered: number(child.said.stdout, 'recovered') ?? 0, kill });
    });
    void closed.then(() => reject(new Error(`The process ended.\n${child.said.stderr}`)));
  });
}

function start(life: object) {
  const said = { stdout: '', stderr: '' };
  const child = spawn(process.execPath, [join(__dirname, 'child.cjs')], { stdio: 'pipe' });
  child.stdin.end(JSON.stringify(life));
  child.stdout.on('data', (text) => {
    said.stdout += text;
  });
  child.stderr.on('data', (text) => {
    said.stderr += text;
  });
  return Object.assign(child, { said });
}
