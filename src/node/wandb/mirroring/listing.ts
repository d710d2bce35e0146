import { posix } from 'node:path';
import { abortError, failure, hasCode } from '../../arguments/errors.js';
import { together } from '../together.js';
import type { Chosen } from '../transfers/chosen.js';
import { type Digest, digestOf } from '../transfers/digests.js';
import { isPartFile } from '../transfers/part-file.js';
import type { End } from './end.js';

export interface ListedFile {
  readonly size: number;
  /** What W&B tells; null: the content has to be asked. */
  readonly digest: Digest | null;
  /** The content is here, or costs no request. */
  readonly isLocal: boolean;
}

/** What is at an end, by names relative to it. The end itself is ''. */
export interface Listing {
  readonly files: Map<string, ListedFile>;
  /** Without the end itself. */
  readonly directories: Set<string>;
  /** Those that hold something that isn't chosen. */
  readonly holding: Set<string>;
  /** Links to directories of the same tree. */
  readonly leftOut: string[];
}

/** Lists all that is chosen; null where nothing is. What can't be listed is the failure of all. */
export async function list(
  end: End,
  chosen: Chosen,
  signal: AbortSignal | undefined,
): Promise<Listing | null> {
  const listing: Listing = {
    files: new Map(),
    directories: new Set(),
    holding: new Set(),
    leftOut: [],
  };
  const top = await end.stat('').catch(unlessMissing);
  if (top === null) return null;
  if (!top.isDirectory()) {
    if (!top.isFile()) throw failure('EINVAL', { syscall: 'mirror', path: end.given }, UNFIT_TOP);
    listing.files.set('', await look('', top.size));
    return listing;
  }
  const around = await identityOf('');
  await walk('', around === null ? [] : [around]);
  return listing;

  /** @param around identities of the directories on the way, where there are links that could lead back to one */
  async function walk(name: string, around: readonly string[]): Promise<void> {
    if (signal?.aborted) throw abortError(signal);
    const entries = await end.readdir(name);
    await together(entries, async (entry) => {
      const below = posix.join(name, entry.name);
      const leaveOut = (): void => void listing.holding.add(name);
      if (chosen.isExcluded(below)) return leaveOut();
      if (entry.isDirectory()) return enter(below, around);
      const isChosen = chosen.isIncluded(below) && !(end.tree === null && isPartFile(entry.name));
      if (!isChosen && !entry.isSymbolicLink()) return leaveOut();
      if (end.tree && entry.isFile()) {
        listing.files.set(below, await look(below, 0));
        return;
      }
      const stats = await end.stat(below).catch(unlessMissing);
      if (stats?.isDirectory()) return follow(below, around);
      if (stats?.isFile() === false) {
        throw failure('EINVAL', { syscall: 'mirror', path: end.pathOf(below) }, UNFIT);
      }
      if (!isChosen) return leaveOut();
      // Who copies a link that leads to nothing is told of it.
      listing.files.set(below, stats ? await look(below, stats.size) : MISSING);
    });
  }

  async function enter(name: string, around: readonly string[]): Promise<void> {
    listing.directories.add(name);
    const own = await identityOf(name);
    await walk(name, own === null ? around : [...around, own]);
  }

  /** What a link of a tree leads to is in it, too; one of a disk may lead anywhere. */
  async function follow(name: string, around: readonly string[]): Promise<void> {
    if (end.tree) {
      listing.leftOut.push(name);
      return;
    }
    const own = await identityOf(name);
    if (own !== null && around.includes(own)) {
      throw failure('ELOOP', { syscall: 'mirror', path: end.pathOf(name) }, LOOP);
    }
    await enter(name, around);
  }

  async function identityOf(name: string): Promise<string | null> {
    return end.tree ? null : end.call<string>('realpath', end.pathOf(name));
  }

  async function look(name: string, size: number): Promise<ListedFile> {
    if (!end.tree) return { size, digest: null, isLocal: true };
    const facts = await end.tree.listed(end.pathOf(name));
    return { size: facts.size ?? 0, digest: digestOf(facts), isLocal: facts.isPending };
  }
}

const MISSING: ListedFile = { size: 0, digest: null, isLocal: true };

const LOOP = 'It is a link to a directory that it is in: leave it out by `exclude`.';
const UNFIT_TOP = 'It is neither a file nor a directory.';
const UNFIT = 'It is neither a file nor a directory: leave it out by `exclude`.';

function unlessMissing(error: unknown): null {
  if (hasCode(error, 'ENOENT')) return null;
  throw error;
}
