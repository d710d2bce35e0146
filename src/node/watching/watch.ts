import { posix } from 'node:path';
import { Failure } from '../../contract/failure.js';
import { hasCode, type SystemError, systemError } from '../arguments/errors.js';
import type { Place } from '../arguments/paths.js';
import { driveSync } from '../composites/driver.js';
import type { Tree } from '../tree.js';
import type { WatchSettings } from './options.js';
import { Polling } from './polling.js';
import { differences, type Snapshot, takeSnapshot, type WatchEvent } from './snapshot.js';

/** Between two looks, in milliseconds. What a look can see is as old as `listingTtl` lets it be. */
const INTERVAL = 1000;

export interface WatchListener {
  readonly event: (event: WatchEvent) => void;
  readonly failed: (error: unknown) => void;
  /** The tree was closed. */
  readonly ended: () => void;
}

/**
 * Looks at a path, at once when something was changed through this process, and tells what is otherwise than at the
 * look before.
 */
export class Watch {
  readonly #tree: Tree;
  readonly #place: Place;
  readonly #settings: WatchSettings;
  readonly #listener: WatchListener;
  readonly #polling: Polling;
  readonly #unlisten: () => void;
  /** Undefined until the first look. */
  #before: Snapshot | null | undefined;
  #isStopped = false;

  /** Throws ENOENT where nothing is to be watched, unless the settings say otherwise. */
  constructor(tree: Tree, place: Place, settings: WatchSettings, listener: WatchListener) {
    this.#tree = tree;
    this.#place = place;
    this.#settings = settings;
    this.#listener = listener;
    this.#before = firstLook(tree, place, settings);
    this.#checkThere();
    const failed = (error: unknown): void => {
      this.stop();
      listener.failed(error);
    };
    this.#polling = new Polling(() => this.#look(), INTERVAL, settings.isPersistent, failed);
    this.#unlisten = tree.changes.listen({ changed: () => this.#polling.soon(), ended: listener.ended });
    if (this.#before === undefined) this.#polling.soon();
  }

  hold(isHolding: boolean): void {
    this.#polling.hold(isHolding);
  }

  stop(): void {
    this.#isStopped = true;
    this.#polling.stop();
    this.#unlisten();
  }

  async #look(): Promise<void> {
    const look = takeSnapshot(this.#tree, this.#place, this.#settings.isRecursive);
    const after = await this.#tree.calls.drive(look);
    const before = this.#before;
    this.#before = after;
    this.#checkThere(before === undefined);
    if (before === undefined) return;
    for (const event of differences(before, after, posix.basename(this.#place.given))) {
      if (!this.#isStopped && !this.#settings.isIgnored(event.filename)) this.#listener.event(event);
    }
  }

  #checkThere(isFirst = true): void {
    if (isFirst && this.#before === null && this.#settings.throwIfNoEntry) throw nothingAt(this.#place);
  }
}

/** Undefined where this needs an answer for which a sync call can't wait. */
function firstLook(tree: Tree, place: Place, { isRecursive }: WatchSettings): Snapshot | null | undefined {
  try {
    return driveSync(takeSnapshot(tree, place, isRecursive));
  } catch (error) {
    if (hasCode(error, 'ENOTSUP', 'EAGAIN')) return undefined;
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** As Node's watchers tell it: with the name once more. */
function nothingAt({ given }: Place): SystemError & { filename: string } {
  const error = systemError(new Failure('ENOENT'), { syscall: 'watch', path: given }, nothingAt);
  return Object.assign(error, { filename: given });
}
