import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kernel } from '../../../src/kernel/syscalls.js';
import { makeFs, type WandbFs } from '../../../src/node/faces/create.js';
import { type MountedFs, mountAll } from '../../../src/node/mounts/mount-all.js';
import { RUNS } from '../../../src/node/wandb/layouts.js';
import { diskKernel } from './disk-kernel.js';

export type Fs = typeof nodeFs;

/** A tree that a directory of the disk stands for, and the names of the primitives that were asked of it. */
export interface TestTree {
  readonly fs: WandbFs;
  readonly directory: string;
  readonly asked: string[];
}

export function makeTree(directory: string, mountPoint?: string): TestTree {
  nodeFs.mkdirSync(directory, { recursive: true });
  const asked: string[] = [];
  const kernel = Object.fromEntries(
    Object.entries(diskKernel(directory)).map(([name, call]) => [
      name,
      (...args: unknown[]) => {
        if (name !== 'onEvent') asked.push(name);
        return (call as (...given: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as Kernel;
  return {
    fs: makeFs({ layout: RUNS, mountPoint, connect: () => kernel, appUrl: () => 'https://wandb.ai' }),
    directory,
    asked,
  };
}

/** Node's fs, and the names of the members that were called. */
export function watched(): { readonly fs: Fs; readonly asked: string[] } {
  const asked: string[] = [];
  const spied = (members: object): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(members).map(([name, member]) => [
        name,
        typeof member === 'function' && /^[a-z]/.test(name)
          ? Object.assign((...args: unknown[]) => {
              asked.push(name);
              return member(...args);
            }, member)
          : member,
      ]),
    );
  const { promises, ...members } = nodeFs;
  return { fs: { ...spied(members), promises: spied(promises) } as unknown as Fs, asked };
}

export interface Mounts {
  readonly fs: MountedFs;
  /** The directory of the base in which the trees are mounted, at `wandb/runs` and `wandb/artifacts`. */
  readonly top: string;
  readonly runs: TestTree;
  readonly artifacts: TestTree;
  readonly base: { readonly fs: Fs; readonly asked: string[] };
  readonly at: (path: string) => string;
  readonly remove: () => void;
}

/** Two trees in a directory of the disk that has a file, and nothing where the trees are mounted. */
export function makeMounts(): Mounts {
  const directory = nodeFs.mkdtempSync(join(nodeFs.realpathSync(tmpdir()), 'wandb-fs-mounts-'));
  const top = join(directory, 'top');
  nodeFs.mkdirSync(join(top, 'local'), { recursive: true });
  nodeFs.writeFileSync(join(top, 'local/file.txt'), 'of the disk');
  const runs = makeTree(join(directory, 'runs'));
  const artifacts = makeTree(join(directory, 'artifacts'));
  nodeFs.mkdirSync(join(runs.directory, 'e/p/r'), { recursive: true });
  nodeFs.writeFileSync(join(runs.directory, 'e/p/r/file.txt'), 'of the run');
  nodeFs.writeFileSync(join(artifacts.directory, 'model.bin'), 'of the artifact');
  const base = watched();
  const trees = { [join(top, 'wandb/runs')]: runs.fs, [join(top, 'wandb/artifacts')]: artifacts.fs };
  return {
    fs: mountAll(trees, base.fs),
    top,
    runs,
    artifacts,
    base,
    at: (path) => join(top, path),
    remove: () => nodeFs.rmSync(directory, { recursive: true }),
  };
}

export const calledBack = (
  call: (...args: never[]) => unknown,
  ...args: readonly unknown[]
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    (call as (...given: unknown[]) => unknown)(...args, (error: unknown, value: unknown) =>
      error ? reject(error) : resolve(value),
    );
  });

export function thrownBy(call: () => unknown): NodeJS.ErrnoException & { dest?: string } {
  try {
    call();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('It was no failure.');
}
