import { isAtOrBelow, ROOT } from '../../../contract/tree-path.js';
import type { Core } from '../../core.js';
import type { Scope } from './scope.js';

/** Of the bound that is left when units are forgotten: so that it happens seldom. */
const KEPT_SHARE = 3 / 4;

/**
 * Bounds the names of files that are remembered. A unit that nobody has used since units were last looked through is
 * forgotten as if it had never been listed, but for what only this instance knows: files that are open or were changed
 * here, and what the caller set. Names above units stay.
 *
 * @param units loses those that are empty
 * @returns how many names are left
 */
export function forgetIdleUnits(core: Core, units: Set<Scope>, most: number): number {
  const sizes = new Map<Scope, number>();
  let count = 0;
  for (const unit of units) {
    const size = unit.root.parent ? sizeOf(unit) : 0;
    if (size === 0) units.delete(unit);
    else sizes.set(unit, size);
    count += size;
  }
  for (const [unit, size] of sizes) {
    if (count <= most * KEPT_SHARE) break;
    // A second chance, as pages get it: whoever uses it until the next time keeps it.
    if (unit.isUsed) unit.isUsed = false;
    else if (isIdle(core, unit)) {
      forget(core, unit);
      count += sizeOf(unit) - size;
    }
  }
  return count;
}

/** Nothing that is open or on its way has to do with it, and listings agree with what was changed in it. */
function isIdle({ made, descriptors }: Core, unit: Scope): boolean {
  const { path } = unit.root;
  unit.pins.dropSettled();
  if (unit.isLocal || unit.pins.size > 0 || made.locks?.find(path, true)) return false;
  return ![...descriptors.files.values()].some(({ inode, path: openedAt }) =>
    [openedAt, inode.path, inode.local?.displaced?.path ?? ROOT].some((at) => isAtOrBelow(at, path)),
  );
}

function forget(core: Core, unit: Scope): void {
  for (const inode of [...unit.root.walk()].reverse()) {
    const isEmpty = (inode.children?.size ?? 0) === 0;
    if (inode === unit.root || !isEmpty || inode.local) continue;
    // What is seen again has the number that it had, and pages of it need its tag beside them.
    if (!core.numbers.giveBack(inode)) continue;
    if (inode.etag !== null && inode.entry) core.pages.drop(inode.entry);
    inode.detach();
  }
  unit.known.expire(core.timeline.tick().epoch);
  unit.known.hasAll = false;
}

function sizeOf({ root }: Scope): number {
  let size = -1;
  for (const _ of root.walk()) size++;
  return size;
}
