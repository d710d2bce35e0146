import { join } from 'node:path';
import type { TreePath } from '../../../contract/tree-path.js';
import { disk } from '../../../platform/disk.js';
import { namesIn, syncDirectory, unlessGone } from './disk.js';
import type { Held, Holdings } from './holdings.js';
import { type Log, readLog } from './log.js';
import { type Change, type JournalRecord, lineOf } from './records.js';
import { acquire, adoptedOf, blobsOf, deadSessions, liftNested, logOf, type Session } from './sessions.js';

/** Something that was acknowledged, and isn't known to be durable. */
export interface Recovered {
  readonly path: TreePath;
  readonly record: JournalRecord;
  /** When it was acknowledged, in milliseconds since the epoch. */
  readonly at: number;
  /** Content in this session's directory: its first `record.size` bytes, and no more but where paths share a blob. */
  readonly blobPath: string | null;
  /** The blob is gone, or shorter than what was acknowledged: it must not be uploaded. */
  readonly isDamaged: boolean;
}

export interface TakenOver {
  readonly recovered: readonly Recovered[];
  /** Lines of the logs that can't be believed. The last one of a killed process was acknowledged to nobody. */
  readonly torn: number;
}

/** What takes over. */
export interface Owner {
  readonly home: string;
  readonly session: Session;
  readonly log: Log;
  readonly holdings: Holdings;
  readonly isSynced: boolean;
}

/**
 * Makes what dead owners left this session's own. Whatever ends it on the way, the next one finds everything once:
 *
 * 1. Sessions are acquired by a rename into this one; whoever acquires this one, has them.
 * 2. Logs are read, but for those that another log of the acquired has adopted.
 * 3. Blobs come into this session's directory. Their names tell them apart wherever they are.
 * 4. A new log, with what was there before and what was read, takes the place of this session's: the one step that
 *    counts. It names the logs that mean nothing any more.
 * 5. What is left of the sessions is removed, with the blobs that no record names.
 *
 * Of two dead sessions, the one that wrote a path later is right; what this session has written itself is later still.
 */
export function takeOver(owner: Owner): TakenOver {
  const { home, session, holdings } = owner;
  for (const name of deadSessions(home, session)) acquire(join(home, name), session);
  liftNested(session);
  const adopted = namesIn(adoptedOf(session.directory));
  if (adopted.length === 0) return { recovered: [], torn: 0 };

  if (owner.isSynced) {
    // An acquisition that a power loss undid would be somebody else's to adopt again.
    for (const changed of [adoptedOf(session.directory), session.directory, home]) syncDirectory(changed);
  }
  const { found, torn } = readAll(owner, adopted);
  const recovered = gatherBlobs(owner, adopted, found);
  const changes: Change[] = [
    ...adopted.map((name): Change => ({ op: 'adopted', session: name })),
    ...[...found].map(([path, { record, at }]): Change => ({ op: 'put', path, record, at })),
  ];
  const lines = changes.map(lineOf);
  owner.log.rewrite([...holdings.lines(), ...lines]);
  changes.forEach((change, index) => {
    holdings.apply(change, lines[index]?.byteLength ?? 0);
  });
  removeLeftovers(adoptedOf(session.directory));
  return { recovered, torn };
}

/** What can't be removed means nothing any more: the next owner tries again, and nobody's recovery fails of it. */
function removeLeftovers(directory: string): void {
  try {
    disk.rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code) throw error;
  }
}

function readAll(
  { session, holdings }: Owner,
  adopted: readonly string[],
): { readonly found: ReadonlyMap<TreePath, Held>; readonly torn: number } {
  const logs = adopted.map((name) => {
    const file = logOf(join(adoptedOf(session.directory), name));
    // A session that died before its first record has no log.
    return { name, ...readLog(unlessGone(() => disk.readFileSync(file), Buffer.alloc(0))) };
  });
  const isVoid = new Set([holdings, ...logs.map((log) => log.holdings)].flatMap((each) => [...each.adopted]));
  const valid = logs.filter(({ name }) => !isVoid.has(name));
  const found = new Map<TreePath, Held>();
  for (const [path, held] of valid.flatMap((log) => [...log.holdings.entries()])) {
    const other = found.get(path);
    if (!holdings.get(path) && (!other || other.at <= held.at)) found.set(path, held);
  }
  return { found, torn: valid.reduce((sum, log) => sum + log.torn, 0) };
}

function gatherBlobs(
  { session, isSynced }: Owner,
  adopted: readonly string[],
  found: ReadonlyMap<TreePath, Held>,
): Recovered[] {
  const directories = [session.directory, ...adopted.map((name) => join(adoptedOf(session.directory), name))];
  const places = new Map<string, string>();
  for (const blobs of directories.map(blobsOf)) {
    for (const name of namesIn(blobs)) places.set(name, join(blobs, name));
  }
  const sizes = new Map<string, number>();
  for (const { record } of found.values()) {
    if (record.kind === 'content') sizes.set(record.blob, Math.max(record.size, sizes.get(record.blob) ?? 0));
  }
  const lengths = new Map<string, number>();
  for (const [blob, size] of sizes) {
    const place = places.get(blob);
    if (place !== undefined)
      lengths.set(blob, adoptBlob(place, join(blobsOf(session.directory), blob), size));
  }
  if (isSynced) syncDirectory(blobsOf(session.directory));
  return [...found].map(([path, { record, at }]) => {
    if (record.kind !== 'content') return { path, record, at, blobPath: null, isDamaged: false };
    const length = lengths.get(record.blob);
    const blobPath = length === undefined ? null : join(blobsOf(session.directory), record.blob);
    return { path, record, at, blobPath, isDamaged: length === undefined || length < record.size };
  });
}

/** @returns its length in bytes: what lies behind `size` was acknowledged to nobody, and is cut off */
function adoptBlob(from: string, to: string, size: number): number {
  if (from !== to) disk.renameSync(from, to);
  const length = disk.statSync(to).size;
  if (length > size) disk.truncateSync(to, size);
  return Math.min(length, size);
}
