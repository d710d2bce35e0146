import nodeFs, { type BigIntStats, type Stats } from 'node:fs';
import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import type { Attributes } from '../../kernel/syscalls.js';
import { hasCode } from '../arguments/errors.js';
import { asFd, asObject, asSignal, type Bag } from '../arguments/validate.js';
import { nodeMajor } from '../faces/node-version.js';
import { bigIntStatsOf, statsOf } from '../results/stats.js';
import { invokeAt, placeOf, type Tree } from '../tree.js';
import { type Composite, invoke } from './driver.js';

type AnyStats = Stats | BigIntStats;

/** Node reads the options unchecked: null is a TypeError there and here. */
const shaped = (attributes: Attributes, options: unknown): AnyStats =>
  (options as { bigint?: unknown }).bigint ? bigIntStatsOf(attributes) : statsOf(attributes);

const NUMBERS = { bigint: false } as const;

/** As the callback face wants it; `throwIfNoEntry` and `signal` are there on every Node. */
export function* stat(
  tree: Tree,
  path: unknown,
  options: unknown = NUMBERS,
): Composite<AnyStats | undefined> {
  const settings = asLooseOptions(options, 24);
  return yield* statIfThere('stat', tree, path, settings, signalOf(settings));
}

export function* lstat(tree: Tree, path: unknown, options: unknown = NUMBERS): Composite<AnyStats> {
  const settings = asLooseOptions(options);
  return yield* statAs('lstat', tree, path, settings, signalOf(settings));
}

/** As the promise face wants it: what is no options is refused. */
export function* statAt(
  tree: Tree,
  path: unknown,
  options: unknown = NUMBERS,
): Composite<AnyStats | undefined> {
  const settings = asStrictOptions(options);
  return yield* statIfThere('stat', tree, path, settings, signalOf(settings));
}

export function* lstatAt(tree: Tree, path: unknown, options: unknown = NUMBERS): Composite<AnyStats> {
  const settings = asStrictOptions(options);
  return yield* statAs('lstat', tree, path, settings, signalOf(settings));
}

/** Of a `FileHandle`. */
export function* fstatOf(tree: Tree, fd: number, options: unknown = NUMBERS): Composite<AnyStats> {
  const settings = asStrictOptions(options);
  return yield* fstatAs(tree, fd, settings, signalOf(settings));
}

export function* fstatLater(tree: Tree, fd: unknown, options: unknown = NUMBERS): Composite<AnyStats> {
  const settings = asLooseOptions(options);
  return yield* fstatAs(tree, fd, settings, signalOf(settings));
}

/** Older Nodes read them unchecked; later ones take what is none for none. */
const asLooseOptions = (options: unknown, since = 26): Bag =>
  nodeMajor >= since && (options === null || typeof options !== 'object') ? NUMBERS : (options as Bag);

const asStrictOptions = (options: unknown): Bag =>
  nodeMajor >= 26 ? asObject(options, 'options') : (options as Bag);

const signalOf = ({ signal }: Bag): AbortSignal | undefined => asSignal(signal, 'options.signal');

export function* statSync(
  tree: Tree,
  path: unknown,
  options: unknown = NUMBERS,
): Composite<AnyStats | undefined> {
  return yield* statIfThere('stat', tree, path, options);
}

export function* lstatSync(
  tree: Tree,
  path: unknown,
  options: unknown = NUMBERS,
): Composite<AnyStats | undefined> {
  return yield* statIfThere('lstat', tree, path, options);
}

export function* fstat(tree: Tree, fd: unknown, options: unknown = NUMBERS): Composite<AnyStats> {
  return yield* fstatAs(tree, fd, options);
}

function* fstatAs(tree: Tree, fd: unknown, options: unknown, signal?: AbortSignal): Composite<AnyStats> {
  const number = asFd(fd);
  const run = (op: Operation): Attributes => tree.kernel.fstat(wantingSize(op), number);
  return shaped(yield* invoke({ syscall: 'fstat', signal, run }), options);
}

/** Whoever is shown a size allocates by it, or takes 0 for an empty file. */
function wantingSize(op: Operation): Operation {
  op.isSizeWanted = true;
  return op;
}

/** The primitive of each has its name. */
type Look = 'stat' | 'lstat';

function* statAs(
  syscall: Look,
  tree: Tree,
  path: unknown,
  options: unknown,
  signal?: AbortSignal,
): Composite<AnyStats> {
  const place = placeOf(tree, path);
  const run = (op: Operation, at: TreePath): Attributes => tree.kernel[syscall](wantingSize(op), at);
  return shaped(yield* invokeAt(syscall, place, run, { signal }), options);
}

/** `throwIfNoEntry: false` spares a resolver that probes for thousands of paths the making of as many errors. */
function* statIfThere(
  syscall: Look,
  tree: Tree,
  path: unknown,
  options: unknown,
  signal?: AbortSignal,
): Composite<AnyStats | undefined> {
  const { throwIfNoEntry = true } = options as { throwIfNoEntry?: unknown };
  if (throwIfNoEntry !== false) return yield* statAs(syscall, tree, path, options, signal);
  const place = placeOf(tree, path);
  const run = (op: Operation): Attributes | undefined => {
    try {
      const at = place.tree;
      return tree.kernel[syscall](wantingSize(op), at);
    } catch (thrown) {
      if (thrown instanceof Failure && isNoEntry(thrown)) return undefined;
      throw thrown;
    }
  };
  const attributes = yield* invoke({ syscall, path: place.given, signal, run });
  return attributes && shaped(attributes, options);
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
