import { EventEmitter } from 'node:events';
import type { BigIntStats, Stats } from 'node:fs';
import type { Attributes } from '../../kernel/syscalls.js';
import { theProcess } from '../../threads/realm.js';
import { hasCode } from '../arguments/errors.js';
import type { Place } from '../arguments/paths.js';
import { type Composite, driveSync } from '../composites/driver.js';
import { bigIntStatsOf, statsOf } from '../results/stats.js';
import { probeAt, type Tree } from '../tree.js';
import { Polling } from './polling.js';

/** What stands where nothing is. */
const NOTHING: Attributes = {
  kind: 'file',
  dev: 0,
  ino: 0,
  mode: 0,
  nlink: 0,
  uid: 0,
  gid: 0,
  size: 0,
  blksize: 0,
  blocks: 0,
  atimeMs: 0,
  mtimeMs: 0,
  ctimeMs: 0,
  birthtimeMs: 0,
};

type Look = Attributes | null;

/** What `watchFile` returns, with the shape of Node's `StatWatcher`: emits 'change' with the stats now and before. */
export class StatWatcher extends EventEmitter {
  readonly #tree: Tree;
  readonly #place: Place;
  readonly #isBigint: boolean;
  readonly #polling: Polling;
  readonly #unlisten: () => void;
  /** Undefined until the first look. */
  #before: Look | undefined;
  /** The calls of `watchFile` that hold the process, and how many `ref` may bring back. */
  #references: number;
  #most = 1;
  #isStopped = false;
  #hasToldOfMissing = false;

  constructor(tree: Tree, place: Place, isBigint: boolean, interval: number, isPersistent: boolean) {
    super();
    this.#tree = tree;
    this.#place = place;
    this.#isBigint = isBigint;
    this.#references = isPersistent ? 1 : 0;
    this.#before = firstLook(tree, place);
    const failed = (error: unknown): void => {
      this.stop();
      theProcess.nextTick(() => this.emit('error', error));
    };
    this.#polling = new Polling(() => this.#look(), interval, isPersistent, failed);
    this.#unlisten = tree.changes.listen({ changed: () => this.#polling.soon(), ended: () => this.stop() });
    // A missing file is told of once, in a turn of its own.
    if (!this.#before) this.#polling.soon();
  }

  /** Stays for those who call it on Node's: it does nothing there either. */
  start(): void {}

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#polling.stop();
    this.#unlisten();
    theProcess.nextTick(() => this.emit('stop'));
  }

  ref(): this {
    return this.#hold(Math.min(this.#references + 1, this.#most));
  }

  unref(): this {
    return this.#hold(Math.max(this.#references - 1, 0));
  }

  /** Another listener came by `watchFile`, or left. */
  count(change: 1 | -1): void {
    this.#most += change;
    this.#hold(Math.max(0, this.#references + change));
  }

  #hold(references: number): this {
    this.#references = references;
    this.#polling.hold(references > 0);
    return this;
  }

  async #look(): Promise<void> {
    const before = this.#before;
    const after = await this.#tree.calls.drive(lookAt(this.#tree, this.#place));
    const isFirstMiss = !before && after === null && !this.#hasToldOfMissing;
    this.#before = after;
    if (this.#isStopped || (isSame(before, after) && !isFirstMiss)) return;
    if (before === undefined && after !== null) return;
    this.#hasToldOfMissing = after === null;
    // In a turn of its own: what a listener throws is no failure of the look.
    theProcess.nextTick(() => {
      if (!this.#isStopped) this.emit('change', this.#shown(after), this.#shown(before ?? null));
    });
  }

  #shown(look: Look): Stats | BigIntStats {
    return this.#isBigint ? bigIntStatsOf(look ?? NOTHING) : statsOf(look ?? NOTHING);
  }
}

function* lookAt(tree: Tree, place: Place): Composite<Look> {
  try {
    return yield* probeAt('watch', place, (op, at) => tree.kernel.stat(op, at));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** Undefined where this needs an answer for which a sync call can't wait. */
function firstLook(tree: Tree, place: Place): Look | undefined {
  try {
    return driveSync(lookAt(tree, place));
  } catch (error) {
    if (hasCode(error, 'ENOTSUP', 'EAGAIN')) return undefined;
    throw error;
  }
}

const COMPARED = ['dev', 'ino', 'mode', 'uid', 'gid', 'size', 'mtimeMs', 'ctimeMs', 'birthtimeMs'] as const;

const isSame = (before: Look | undefined, after: Look): boolean =>
  COMPARED.every((name) => (before ?? NOTHING)[name] === (after ?? NOTHING)[name]);
