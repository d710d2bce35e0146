import { depthOf } from '../../contract/tree-path.js';
import { Background } from '../../kernel/operation/background.js';
import type { Freshness } from '../../kernel/operation/operation.js';
import { placeOf, type Tree } from '../tree.js';
import type { Ahead, AheadEntry } from './shared/lookahead.js';

/** Of one file: what is left of a large one is read by who reads it, as he goes on. */
const MOST_OF_FILE = 4 * 1024 * 1024;

/** Which directories are listed ahead: those below a unit are here with it, and above it they may be read in pages. */
export type AheadOf = 'all' | 'down to units' | 'units';

/** Asks for what lies ahead in a tree. */
export class TreeAhead implements Ahead {
  readonly #background: Background;

  /** @param freshness of the call that it is for */
  constructor(
    private readonly tree: Tree,
    freshness: Freshness,
    private readonly of: AheadOf = 'all',
  ) {
    this.#background = new Background(freshness);
  }

  get mostBytes(): number {
    return this.tree.kernel.aheadBytes();
  }

  list(path: string, onListed: (entries: readonly AheadEntry[] | null) => void): boolean {
    if (!this.#isOfInterest(path)) return false;
    const place = placeOf(this.tree, path);
    this.#background.run((op) => this.tree.kernel.readdir(op, place.tree), onListed);
    return true;
  }

  look(path: string, isListed = false): boolean {
    const place = placeOf(this.tree, path);
    const run: Parameters<Background['run']>[0] = (op) => {
      op.isListingWanted = isListed;
      return this.tree.kernel.lstat(op, place.tree);
    };
    this.#background.run(run, () => {});
    return true;
  }

  fetch(path: string): number {
    const place = placeOf(this.tree, path);
    let bytes = 0;
    const run: Parameters<Background['run']>[0] = (op) => {
      const { kind, size } = this.tree.kernel.stat(op, place.tree);
      if (kind !== 'file') return;
      bytes = Math.min(size, this.mostBytes);
      this.tree.kernel.prefetch(op, place.tree, Math.max(1, Math.min(bytes, MOST_OF_FILE)));
    };
    this.#background.run(run, () => {});
    return bytes;
  }

  end(): void {
    this.#background.end();
  }

  #isOfInterest(path: string): boolean {
    if (this.of === 'all') return true;
    const place = placeOf(this.tree, path);
    if (!place.isInside) return false;
    const below = depthOf(place.tree) - this.tree.mount.layout.shape.levels.length;
    return this.of === 'units' ? below === 0 : below <= 0;
  }
}
