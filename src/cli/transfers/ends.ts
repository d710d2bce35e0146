import nodeFs, { type Stats } from 'node:fs';
import { join, posix, sep } from 'node:path';
import type { MirrorEnd } from '../../index.js';
import type { Place } from '../places/place.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage-error.js';

/** A place as `mirror` takes it, whichever filesystem is asked. */
export async function endOf(session: Session, place: Place): Promise<MirrorEnd> {
  const { path } = place;
  return place.kind === 'local' ? { fs: nodeFs, path } : { fs: await session.wandbFsOf(place), path };
}

/** Null: nothing is there. */
export async function statOf(session: Session, place: Place): Promise<Stats | null> {
  const { promises } = await session.fsOf(place);
  return orNull(promises.stat(place.path), ['ENOENT']);
}

async function orNull<T>(asked: Promise<T>, codes: readonly string[]): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** A link on this machine is written through, as by coreutils' `cp`: the file that it leads to, where there is one. */
export async function throughLink(place: Place): Promise<Place> {
  if (place.kind !== 'local') return place;
  const { readlink, realpath } = nodeFs.promises;
  // EINVAL: it is none.
  const isLink = (await orNull(readlink(place.path), ['ENOENT', 'ENOTDIR', 'EINVAL'])) !== null;
  const path = isLink ? await orNull(realpath(place.path), ['ENOENT']) : null;
  return path === null ? place : { ...place, path };
}

/** 'data/.' is what is in 'data'. */
export const namesContents = (text: string): boolean => /(?:^|[\\/])\.$/.test(text);

/** What a directory that something is copied into calls it; '' for the content of a directory: 'data/.'. */
export function nameOf({ path, text }: Place): string {
  if (namesContents(text)) return '';
  const name = posix.basename(path.replaceAll('\\', '/'));
  if (name !== '' && name !== '..') return name;
  throw new UsageError(`'${text}' has no name to be copied under: name the copy, too.`);
}

export const inDirectory = (place: Place, name: string): Place => {
  const path = place.kind === 'local' ? join(place.path, name) : posix.join(place.path, name);
  return { ...place, path };
};

/**
 * Refuses to make a file of a place that is written as a directory, with a slash at its end, and is none: what is copied there next
 * would replace it.
 */
export async function assertNamesCopy(session: Session, from: Place, { kind, text }: Place): Promise<void> {
  if (!text.endsWith('/') && !(kind === 'local' && text.endsWith(sep))) return;
  const { promises } = await session.fsOf(from);
  if ((await promises.stat(from.path)).isDirectory()) return;
  throw new UsageError(`'${text}' is no directory that is there: name the copy, '${text}${nameOf(from)}'.`);
}

/** What is copied on this machine alone is other programs' affair. */
export function assertRemote(from: Place, to: Place, instead: string): void {
  if (from.kind !== 'local' || to.kind !== 'local') return;
  throw new UsageError(
    `'${from.text}' and '${to.text}' are both on this machine: use ${instead}, or write 'wandbfs://…' or 'wandbas://…' for a place at W&B.`,
  );
}
