import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import * as fc from 'fast-check';
import type { WandbFs } from 'wandb-fs';
import { expectEqual } from '../../helpers/equal.js';
import { linkedTreeOf } from './links.js';
import { anyOperation } from './operations.js';
import { contentsOf, outcomeOf, treeOf } from './outcomes.js';
import type { Fs, Operation, Side } from './program.js';

/** Operations in runs, half of them warm and half cold; half as many are done in drafts. Continuous integration wants more. */
export const WANTED = Number(process.env.WANDB_FS_DIFFERENTIAL ?? 2000);
/** Of a program, on average. */
const LENGTH = 80;
/** Fixed, so that a difference found today is none of tomorrow's; `scripts/differential.mjs` goes through others. */
const SEED = Number(process.env.WANDB_FS_SEED ?? 1);

/** What is there before a program begins. */
export const START = { a: 'first', 'd/a': 'second', 'd/e/b': 'third' };

/** The place where programs are run, beside a directory of the disk. */
export interface Place {
  readonly fs: WandbFs;
  /** Holds the files of `START`. */
  readonly base: string;
  /** What is compared in the end. @default the base, where there are no links */
  readonly top?: string;
  /** Between two operations. */
  readonly between?: (index: number) => Promise<void>;
  /** Compares what the server holds in the end. */
  readonly check: (files: Readonly<Record<string, string>>, disk: Side) => Promise<void>;
}

export const top = nodeFs.mkdtempSync(join(tmpdir(), 'wandb-fs-differential-'));
afterAll(() => nodeFs.rmSync(top, { recursive: true }));

let serial = 0;

/**
 * Runs random programs in a place and on the disk, and expects the same results, errors, and trees.
 *
 * @param makePlace a new place; what it is told is a number that no other has, always of as many digits
 */
export async function compareWithDisk(
  makePlace: (serial: string) => Promise<Place>,
  wanted: number,
  operation = anyOperation,
): Promise<void> {
  const program = fc.array(operation, { minLength: 1, maxLength: LENGTH * 2, size: 'max' });
  await fc.assert(
    fc.asyncProperty(program, async (operations) => {
      const number = String(++serial).padStart(6, '0');
      const place = await makePlace(number);
      const ours = sideOf(place.fs as Fs, place.base, place.top);
      const disk = join(top, `n${number}`);
      const inside = place.top === undefined ? '' : relative(place.top, place.base);
      const node = makeDisk(join(disk, inside), disk);
      try {
        await runBoth(operations, ours, node, place.between);
        await Promise.all([closeAll(ours), closeAll(node)]);
        const treeOn = (side: Side): Record<string, string | null> =>
          place.top === undefined ? treeOf(side.fs, side.base) : linkedTreeOf(side);
        const tree = treeOn(node);
        expect(treeOn(ours)).toEqual(tree);
        await place.check(contentsOf(tree), node);
      } finally {
        await closeAll(node);
        await place.fs.wandb.close();
        nodeFs.rmSync(disk, { recursive: true });
      }
    }),
    { numRuns: Math.max(1, Math.ceil(wanted / LENGTH)), seed: SEED, endOnFailure: false },
  );
}

export async function runBoth(
  operations: readonly Operation[],
  ours: Side,
  node: Side,
  between: Place['between'],
): Promise<void> {
  for (const [index, operation] of operations.entries()) {
    await between?.(index);
    const [seen, wanted] = [await outcomeOf(operation, ours), await outcomeOf(operation, node)];
    expectEqual([operation.text, seen], [operation.text, wanted]);
  }
}

export const sideOf = (fs: Fs, base: string, top = base): Side => ({ fs, base, top, open: [], handles: [] });

/** The files of `START` on the disk. */
export function makeDisk(base: string, top = base): Side {
  for (const [name, text] of Object.entries(START)) {
    nodeFs.mkdirSync(join(base, name, '..'), { recursive: true });
    nodeFs.writeFileSync(join(base, name), text);
  }
  return sideOf(nodeFs, base, top);
}

export async function closeAll({ fs, open, handles }: Side): Promise<void> {
  for (const fd of open.splice(0)) if (fd !== undefined) fs.closeSync(fd);
  for (const handle of handles.splice(0)) await handle?.close();
}

/** What the server tells, in the form in which trees are compared. */
export const textsOf = (files: Readonly<Record<string, Uint8Array>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('latin1')]),
  );
