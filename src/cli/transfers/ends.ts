import nodeFs, { type Stats } from 'node:fs';
import { join, posix } from 'node:path';
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
  try {
    return await promises.stat(place.path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** What a directory that something is copied into calls it; '' for the content of a directory: 'data/.'. */
export function nameOf({ path, text }: Place): string {
  if (/(?:^|[\\/])\.$/.test(text)) return '';
  const name = posix.basename(path.replaceAll('\\', '/'));
  if (name !== '' && name !== '..') return name;
  throw new UsageError(`'${text}' has no name to be copied under: name the copy, too.`);
}

export const inDirectory = (place: Place, name: string): Place => {
  const path = place.kind === 'local' ? join(place.path, name) : posix.join(place.path, name);
  return { ...place, path };
};

/** What is copied on this machine alone is other programs' affair. */
export function assertRemote(from: Place, to: Place, instead: string): void {
  if (from.kind !== 'local' || to.kind !== 'local') return;
  throw new UsageError(
    `'${from.text}' and '${to.text}' are both on this machine: use ${instead}, or write 'wandbfs://…' or 'wandbas://…' for a place at W&B.`,
  );
}
