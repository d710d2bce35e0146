import { isAtOrBelow } from '../../../contract/tree-path.js';
import type { PageCache } from '../../content/reading/pages.js';
import type { Descriptors } from '../../descriptors.js';
import type { Locks } from '../../operation/locks.js';
import type { Moment } from '../../timeline.js';
import type { Inode } from '../inode.js';
import type { InodeNumbers } from '../inode-numbers.js';
import type { Scope } from './scope.js';

/** What deciding about a unit's names needs to know. */
export interface KnownNamesHost {
  readonly locks: Locks;
  readonly descriptors: Descriptors;
  readonly numbers: InodeNumbers;
  readonly pages: PageCache;
  tick(): Moment;
}

/** Of the bound that is left when units are forgotten: so that it happens seldom. */
const KEPT_SHARE = 3 / 4;
/** How much has to be learned until units are looked through again. */
const GROWTH = 5 / 4;

/**
 * Bounds the names of files that are remembered. A unit that nobody has used while a quarter of the bound was learned
 * is forgotten as if it had never been listed, but for what only this instance knows: files that are open or were
 * changed here, and what the caller set. Names above units stay.
 */
export class KnownNames {
  private readonly units = new Set<Scope>();
  /** Never less than there are: what has gone is found out when units are looked through. */
  private count = 0;
  private lookAt: number;

  constructor(
    private readonly host: KnownNamesHost,
    private readonly most: number,
  ) {
    this.lookAt = most;
  }

  /** A unit has more names now. */
  grew(unit: Scope, by: number): void {
    if (by === 0 || !unit.isDeep) return;
    this.units.add(unit);
    this.count += by;
    if (this.count > this.lookAt) this.lookThrough();
  }

  private lookThrough(): void {
    const sizes = new Map<Scope, number>();
    this.count = 0;
    for (const unit of this.units) {
      const size = unit.root.parent ? sizeOf(unit.root) : 0;
      sizes.set(unit, size);
      this.count += size;
      if (size === 0) this.units.delete(unit);
    }
    for (const unit of this.units) {
      if (this.count <= this.most * KEPT_SHARE) break;
      // A second chance, as pages get it: whoever uses it until the next time keeps it.
      if (unit.isUsed) unit.isUsed = false;
      else if (this.isIdle(unit)) {
        this.forget(unit);
        this.count += sizeOf(unit.root) - (sizes.get(unit) ?? 0);
      }
    }
    this.lookAt = Math.max(this.most, this.count * GROWTH);
  }

  /** Nothing that is open or on its way has to do with it, and listings agree with what was changed in it. */
  private isIdle(unit: Scope): boolean {
    const { path } = unit.root;
    unit.pins.dropSettled();
    if (unit.isLocal || unit.pins.size > 0 || this.host.locks.find(path, true)) return false;
    const { descriptors } = this.host;
    return !descriptors.all().some((fd) => {
      const { inode, path: openedAt } = descriptors.get(fd);
      return [openedAt, inode.path, inode.local?.displaced?.path ?? ''].some((at) => isAtOrBelow(at, path));
    });
  }

  private forget(unit: Scope): void {
    for (const inode of [...unit.root.walk()].reverse()) {
      const isEmpty = (inode.children?.size ?? 0) === 0;
      if (inode === unit.root || !isEmpty || inode.local) continue;
      // What is seen again has the number that it had, and pages of it need its tag beside them.
      if (!this.host.numbers.giveBack(inode)) continue;
      if (inode.entry && inode.etag !== null) this.host.pages.drop(inode.entry);
      inode.detach();
    }
    unit.expire(this.host.tick().epoch);
  }
}

function sizeOf(directory: Inode): number {
  let size = -1;
  for (const _ of directory.walk()) size++;
  return size;
}
