import { posix } from 'node:path';
import { failure } from '../../arguments/errors.js';
import { DiskNames } from '../../mounts/disk-names.js';
import { together } from '../together.js';
import type { End } from './end.js';
import type { Listing } from './listing.js';
import { HASHED_AT_ONCE, type MirrorSettings } from './options.js';
import { areSame } from './same.js';

export interface Copied {
  readonly name: string;
  readonly size: number;
  readonly isNew: boolean;
}

/** Files, and the directories that are empty then, the innermost first. */
export interface Removal {
  readonly files: readonly string[];
  readonly directories: readonly string[];
}

/** What is to be done, in the order of its members. */
export interface Plan {
  /** What stands where something else is to stand. */
  readonly first: Removal;
  readonly made: readonly string[];
  readonly copied: readonly Copied[];
  readonly removed: Removal;
  readonly same: number;
}

interface Sides {
  readonly from: End;
  readonly to: End;
  readonly source: Listing;
  readonly target: Listing;
}

/** Compares both sides: by size, and where that is the same by digest. */
export async function planOf(sides: Sides, settings: MirrorSettings): Promise<Plan> {
  const { from, to, source, target } = sides;
  if (from.tree && !to.tree) assertNames(from, source);
  const made = directoriesOf(source, settings);
  const removal = removalOf(sides, made, settings);
  const names = [...source.files.keys()].sort();
  const isSame = await together(
    names,
    async (name) => {
      const [one, other] = [source.files.get(name), target.files.get(name)];
      if (!one || !other) return false;
      return !settings.force || areSame({ from, to, name, one, other }, settings.signal);
    },
    Math.min(settings.concurrency, HASHED_AT_ONCE),
  );
  const differing = names.filter((_, index) => !isSame[index]);
  return {
    ...removal,
    made: made.filter((name) => !target.directories.has(name)),
    copied: differing.map((name) => ({
      name,
      size: source.files.get(name)?.size ?? 0,
      isNew: !target.files.has(name),
    })),
    same: names.length - differing.length,
  };
}

/** Those that are chosen, and those around what is; the outermost first. */
function directoriesOf({ files, directories }: Listing, { chosen }: MirrorSettings): string[] {
  const wanted = new Set([...directories].filter((name) => chosen.isIncluded(name)));
  for (const name of [...files.keys(), ...wanted]) {
    for (let above = posix.dirname(name); above !== '.'; above = posix.dirname(above)) wanted.add(above);
  }
  return [...wanted].sort();
}

/** What goes, and what of that goes first. Throws for what is in the way and stays. */
function removalOf(
  { to, source, target }: Sides,
  made: readonly string[],
  { removes, chosen }: MirrorSettings,
): Pick<Plan, 'first' | 'removed'> {
  const directories = new Set(made);
  const gone = new Set(removes ? [...target.files.keys()].filter((name) => !source.files.has(name)) : []);
  const kept = [...source.files.keys(), ...target.files.keys()].filter((name) => !gone.has(name));
  const { holding: held } = target;
  const holding = new Set([...held, ...[...kept, ...made, ...held].flatMap(above)]);
  const isGoing = (name: string): boolean =>
    removes && chosen.isIncluded(name) && !directories.has(name) && !holding.has(name);
  const going = new Set([...gone, ...[...target.directories].filter(isGoing)]);
  const first = new Set([...gone].filter((name) => directories.has(name)));
  for (const name of source.files.keys()) {
    if (!target.directories.has(name)) continue;
    if (!going.has(name)) throw inTheWay('EISDIR', to, name, 'directory');
    for (const each of going) if (each === name || each.startsWith(`${name}/`)) first.add(each);
  }
  const standing = made.find((name) => target.files.has(name) && !gone.has(name));
  if (standing !== undefined) throw inTheWay('ENOTDIR', to, standing, 'file');
  const removal = (names: Iterable<string>): Removal => {
    const [files, directories] = [[...names].filter((name) => gone.has(name)), [...names]];
    // What is in a directory is behind it in the order of names.
    return {
      files: files.sort(),
      directories: directories
        .filter((name) => !gone.has(name))
        .sort()
        .reverse(),
    };
  };
  return { first: removal(first), removed: removal([...going].filter((name) => !first.has(name))) };
}

const inTheWay = (code: 'EISDIR' | 'ENOTDIR', to: End, name: string, kind: string): Error =>
  failure(
    code,
    { syscall: 'mirror', path: to.pathOf(name) },
    `A ${kind} is in the way; with \`delete\` it goes, unless something in it is left out.`,
  );

function above(name: string): string[] {
  const all: string[] = [];
  for (let at = posix.dirname(name); at !== '.'; at = posix.dirname(at)) all.push(at);
  return all;
}

/** Names of trees may be anybody's. */
function assertNames(from: End, { files, directories }: Listing): void {
  const taken = new Map<string, DiskNames>();
  for (const name of [...directories, ...files.keys()]) {
    if (name === '') continue;
    const directory = posix.dirname(name);
    const names = taken.get(directory) ?? new DiskNames(process.platform);
    taken.set(directory, names);
    const refusal = names.refusalOf(posix.basename(name));
    if (refusal === null) continue;
    const advice = `It can't be on this disk: ${refusal}; leave it out by \`exclude\`.`;
    throw failure('EINVAL', { syscall: 'mirror', path: from.pathOf(name) }, advice);
  }
}
