import type { Core } from '../../core.js';
import type { Moment } from '../../timeline.js';
import type { Inode } from '../inode.js';
import { forget } from './foreign-changes.js';
import { ABSENT } from './pins.js';
import type { Scope } from './scope.js';

/** By path from the scope's root on. */
export type Filter = (relative: string) => boolean;

/**
 * Removes what a complete listing doesn't show, unless it is newer (a page asked for later shows it) or only here. What it
 * shows has its epoch, or is told by `isShown`.
 */
export function sweep(
  core: Core,
  scope: Scope,
  directory: Inode,
  prefix: string,
  isShown: Filter,
  sent: Moment,
): void {
  // Copied, for names are taken out on the way.
  for (const child of [...(directory.children?.values() ?? [])]) {
    if (scope.isDeep && child.isDirectory) {
      sweep(core, scope, child, `${prefix}${child.name}/`, isShown, sent);
      if (child.children?.size === 0 && child.seenEpoch !== sent.epoch && !child.local?.isLocalDirectory)
        forget(core.names, child);
    } else if (child.seenEpoch < sent.epoch) {
      const relative = prefix + child.name;
      if (isShown(relative) || scope.isOutdated(relative, ABSENT, sent.epoch)) continue;
      if (!isKnownBesides(core, scope, relative, child)) forget(core.names, child);
    }
  }
}

/** A directory that isn't listed stays for what only this instance has in it. */
export function sweepOne(core: Core, scope: Scope, directory: Inode, relative: string, sent: Moment): void {
  sweep(core, scope, directory, `${relative}/`, () => false, sent);
  if (directory.seenEpoch === sent.epoch || directory.local?.isLocalDirectory) return;
  if (directory.children?.size === 0) forget(core.names, directory);
  else directory.ensureLocal().isLocalDirectory = true;
}

/** Is it there though no listing shows it? Then a look-up has found it, or somebody has a file in it open. */
function isKnownBesides(core: Core, scope: Scope, relative: string, child: Inode): boolean {
  if (!scope.isPartial) return false;
  if (core.timeline.now() - scope.knownSince(relative).at < core.timeline.ttl) return true;
  return [...child.walk()].some(({ isOpen }) => isOpen);
}
