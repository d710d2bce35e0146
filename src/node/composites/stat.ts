import type { BigIntStats, BigIntStatsFs, Stats, StatsFs } from 'node:fs';
import { Failure } from '../../contract/failure.js';
import type { Operation } from '../../kernel/operation/operation.js';
import type { Attributes } from '../../kernel/syscalls.js';
import { nodeFs } from '../../platform/disk.js';
import { hasCode } from '../arguments/errors.js';
import { asFd, asObject, asSignal, type Bag } from '../arguments/validate.js';
import { nodeMajor } from '../faces/node-version.js';
import { bigIntStatsOf, statsOf } from '../results/stats.js';
import { explaining, invokeAt, placeOf, type Tree } from '../tree.js';
import { type Composite, invoke, type Step } from './driver.js';
import type { Look } from './shared/steps.js';

type AnyStats = Stats | BigIntStats;

/** Node reads the options unchecked: null is a TypeError there and here. */
const shaped = (attributes: Attributes, options: unknown): AnyStats =>
  (options as { bigint?: unknown }).bigint ? bigIntStatsOf(attributes) : statsOf(attributes);

const NUMBERS = { bigint: false } as const;

/** What came of the options that a face was given. */
interface Given {
  readonly settings: Bag;
  readonly signal?: AbortSignal | undefined;
}

type Reading = (options: unknown) => Given;

/** Of the sync face, which has no signal. */
const asGiven: Reading = (options) => ({ settings: options as Bag });

const withSignal = (settings: Bag): Given => ({
  settings,
  signal: asSignal(settings.signal, 'options.signal'),
});

/** Of the callback face: later Nodes take what is no options for none. */
const loosely =
  (since: number): Reading =>
  (options) => {
    const isNone = nodeMajor >= since && (options === null || typeof options !== 'object');
    return withSignal(isNone ? NUMBERS : (options as Bag));
  };

/** Of the promise face, and of handles: what is no options is refused. */
const strictly: Reading = (options) =>
  withSignal(nodeMajor >= 26 ? asObject(options, 'options') : (options as Bag));

/** `isQuiet`: with `throwIfNoEntry: false` what isn't there is undefined, on every Node. */
const looking =
  (look: Look, reading: Reading, isQuiet: boolean) =>
  (tree: Tree, path: unknown, options: unknown = NUMBERS): Step<AnyStats | undefined> => {
    const { settings, signal } = reading(options);
    const place = placeOf(tree, path);
    const isNothingTold = isQuiet && settings.throwIfNoEntry === false;
    const seen = (op: Operation): AnyStats => {
      const at = place.tree;
      return shaped(tree.kernel[look](wantingSize(op), at), settings);
    };
    // It spares a resolver that probes for thousands of paths the making of as many errors.
    const seenIfThere = (op: Operation): AnyStats | undefined => {
      try {
        return seen(op);
      } catch (thrown) {
        if (thrown instanceof Failure && isNoEntry(thrown)) return undefined;
        throw thrown;
      }
    };
    const run = isNothingTold ? seenIfThere : seen;
    return { syscall: look, path: place.given, signal, explain: explaining(place), run };
  };

export const statSync = looking('stat', asGiven, true);
export const lstatSync = looking('lstat', asGiven, true);
export const stat = looking('stat', loosely(24), true);
export const lstat = looking('lstat', loosely(26), false);
export const statAt = looking('stat', strictly, true);
export const lstatAt = looking('lstat', strictly, false);

const lookingAtFd = (reading: Reading) =>
  function* (tree: Tree, fd: unknown, options: unknown = NUMBERS): Composite<AnyStats> {
    const { settings, signal } = reading(options);
    const number = asFd(fd);
    const run = (op: Operation): Attributes => tree.kernel.fstat(wantingSize(op), number);
    return shaped(yield* invoke({ syscall: 'fstat', signal, run }), settings);
  };

export const fstat = lookingAtFd(asGiven);
export const fstatLater = lookingAtFd(loosely(26));
export const fstatOf = lookingAtFd(strictly);

/** Whoever is shown a size allocates by it, or takes 0 for an empty file. */
function wantingSize(op: Operation): Operation {
  op.isSizeWanted = true;
  return op;
}

const isNoEntry = ({ code }: Failure): boolean =>
  code === 'ENOENT' || (code === 'ENOTDIR' && isBelowFileNoEntry());

let answerBelowFile: boolean | null = null;

/** What `throwIfNoEntry: false` says below a file depends on the version of Node, which is asked once. */
function isBelowFileNoEntry(): boolean {
  answerBelowFile ??= nodeAnswersBelowFile();
  return answerBelowFile;
}

function nodeAnswersBelowFile(): boolean {
  try {
    return nodeFs.statSync(`${process.execPath}/below`, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

const BLOCK_BYTES = 4096;
/** W&B has no figure for free space. Tools look at it before they write, so it is more than anybody has: 1 PiB. */
const BLOCKS = 2 ** 50 / BLOCK_BYTES;

const FIGURES = {
  type: 0,
  bsize: BLOCK_BYTES,
  frsize: BLOCK_BYTES,
  blocks: BLOCKS,
  bfree: BLOCKS,
  bavail: BLOCKS,
  // As network filesystems do that keep no table of inodes.
  files: 0,
  ffree: 0,
};

/** The same of every path that is there. Node reads the options unchecked: null is a TypeError there and here. */
export function* statfs(
  tree: Tree,
  path: unknown,
  options: unknown = NUMBERS,
): Composite<StatsFs | BigIntStatsFs> {
  const place = placeOf(tree, path);
  const isBigint = Boolean((options as { bigint?: unknown }).bigint);
  yield* invokeAt('statfs', place, (op, at) => tree.kernel.stat(op, at));
  const figures = Object.entries(FIGURES).map(([name, figure]) => [name, isBigint ? BigInt(figure) : figure]);
  // Node doesn't export the class; an instance shows it.
  const prototype: object = Object.getPrototypeOf(nodeFs.statfsSync('/'));
  return Object.assign(Object.create(prototype), Object.fromEntries(figures));
}
