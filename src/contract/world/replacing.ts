import { basename, dirname, join } from 'node:path';
import { disk } from '../../platform/disk.js';
import { WORLD_FILE } from './format.js';

const { access, readdir } = disk.promises;

/** What `mkdtemp` adds to a name. */
const MADE_UP_LETTERS = 6;

/** A world that is being recorded lies beside its place, in a directory that is called so, with a few letters more. */
export const prefixBeside = (directory: string): string =>
  join(dirname(directory), `.${basename(directory)}-`);

/** In there: the world to come, and the one that it replaces. */
export const COMING = 'new';
export const REPLACED = 'old';

/** By shape: the error may be of another realm. */
const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));

/** Nothing is there, or something else than a directory on the way. */
export const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT', 'ENOTDIR');

export async function isWorld(directory: string): Promise<boolean> {
  try {
    await access(join(directory, WORLD_FILE));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Where the world of a directory that isn't there lies, if a recording that was to replace it was killed between its two
 * renames; null where it doesn't.
 */
export async function replacedWorld(directory: string): Promise<string | null> {
  const parent = dirname(directory);
  const prefix = basename(prefixBeside(directory));
  const names = await readdir(parent).catch((error: unknown) => {
    // Who may not look finds none.
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return [];
    throw error;
  });
  // Of 'world' it isn't what lies beside 'world-2'.
  const isOfIt = (name: string): boolean =>
    name.startsWith(prefix) && name.length === prefix.length + MADE_UP_LETTERS;
  for (const name of names.filter(isOfIt)) {
    const replaced = join(parent, name, REPLACED);
    if (await isWorld(replaced)) return replaced;
  }
  return null;
}
