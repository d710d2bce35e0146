import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFs, type WandbFs } from '../../../src/node/faces/create.js';
import { RUNS } from '../../../src/node/wandb/layouts.js';
import { diskKernel } from './disk-kernel.js';

export type Fs = typeof nodeFs;

/** Two equal directories: Node's own fs works in one, ours in the other, through the same kind of paths. */
export interface Twins {
  readonly node: Side;
  readonly ours: Side & { readonly fs: WandbFs };
  readonly remove: () => void;
}

export interface Side {
  readonly fs: Fs;
  readonly base: string;
}

export function makeTwins(): Twins {
  const top = nodeFs.mkdtempSync(join(tmpdir(), 'wandb-fs-faces-'));
  const [left, right] = [join(top, 'left'), join(top, 'rght')];
  for (const base of [left, right]) {
    nodeFs.mkdirSync(join(base, 'dir/sub'), { recursive: true });
    nodeFs.writeFileSync(join(base, 'file'), 'hello world');
    nodeFs.writeFileSync(join(base, 'dir/inner.txt'), 'inner');
    nodeFs.writeFileSync(join(base, 'dir/sub/deep.txt'), 'deep');
    nodeFs.writeFileSync(join(base, 'empty'), '');
  }
  const kernel = diskKernel(right);
  return {
    node: { fs: nodeFs, base: left },
    ours: {
      fs: makeFs({
        layout: RUNS,
        mountPoint: right,
        connect: () => kernel,
        appUrl: () => 'https://wandb.ai',
      }),
      base: right,
    },
    remove: () => nodeFs.rmSync(top, { recursive: true }),
  };
}

/** What a call came to, in a form that can be compared: the base directory's name is left out. */
export type Outcome = { readonly value: unknown } | { readonly error: Partial<Told> };

export interface Told {
  /** What its text begins with: 'TypeError [ERR_INVALID_ARG_TYPE]'. */
  readonly head: string | undefined;
  readonly name: string;
  readonly message: string;
  readonly code: unknown;
  readonly errno: unknown;
  readonly syscall: unknown;
  readonly path: unknown;
  readonly dest: unknown;
}

function bare(value: unknown, base: string): unknown {
  if (Buffer.isBuffer(value)) return { bytes: value.toString('latin1').replaceAll(base, '<base>') };
  return typeof value === 'string' ? value.replaceAll(base, '<base>') : value;
}

const isNode20 = process.versions.node.startsWith('20.');

/**
 * Refusals are worded as those of Node 20. Later versions word a few otherwise; there their codes are compared.
 */
export function tell(error: unknown, base: string): Partial<Told> {
  const { name, message, code, errno, syscall, path, dest } = error as NodeJS.ErrnoException & {
    dest?: string;
  };
  const [head] = String(error).split(':');
  // Of what `cp` finds Node's native code tells some.
  if (!isNode20 && code?.startsWith('ERR_FS_')) return { code };
  if (!isNode20 && code?.startsWith('ERR_')) return { code, head };
  return {
    head,
    name,
    message: String(bare(message, base)),
    code,
    errno,
    syscall,
    path: bare(path, base),
    dest: bare(dest, base),
  };
}

type Member = (...args: unknown[]) => unknown;

const memberOf = (object: unknown, name: string): Member => {
  const member = (object as Readonly<Record<string, unknown>>)[name];
  if (typeof member !== 'function') throw new Error(`There is no ${name}.`);
  return member as Member;
};

export type ArgsOf = (side: Side) => readonly unknown[];

export function callSync(side: Side, name: string, args: ArgsOf): Outcome {
  try {
    return { value: bare(memberOf(side.fs, `${name}Sync`)(...args(side)), side.base) };
  } catch (error) {
    return { error: tell(error, side.base) };
  }
}

export async function callPromise(side: Side, name: string, args: ArgsOf): Promise<Outcome> {
  try {
    return { value: bare(await memberOf(side.fs.promises, name)(...args(side)), side.base) };
  } catch (error) {
    return { error: tell(error, side.base) };
  }
}

/** Tells apart what was thrown from what was called back. */
export async function callBack(side: Side, name: string, args: ArgsOf): Promise<Outcome & { how: string }> {
  return new Promise((resolve) => {
    let how = 'at once';
    try {
      memberOf(side.fs, name)(...args(side), (error: unknown, value: unknown) => {
        if (error) resolve({ how, error: tell(error, side.base) });
        else resolve({ how, value: bare(value, side.base) });
      });
      how = 'later';
    } catch (error) {
      resolve({ how: 'thrown', error: tell(error, side.base) });
    }
  });
}
