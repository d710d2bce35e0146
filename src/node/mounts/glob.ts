import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { direntOf } from '../dirents.js';
import { notSupported } from '../errors.js';
import { asFunction, asObject, type Bag, isFunction } from '../validate.js';
import { isMissing } from './failures.js';
import type { Filesystem } from './filesystem.js';
import type { MountTable } from './table.js';
import { call, type Work } from './work.js';

interface Globbing {
  readonly whole: Filesystem;
  readonly withFileTypes: boolean;
  readonly isExcluded: (entry: Dirent, path: string) => boolean;
  readonly found: Map<string, string | Dirent>;
}

interface Pattern {
  readonly isAbsolute: boolean;
  /** What it is matched from: the directory of the search, or '/'. */
  readonly top: string;
  /** Relative to it, and without a slash at its end. */
  readonly text: string;
  readonly segments: readonly string[];
  readonly isDirectoryWanted: boolean;
  /** The directory below which everything it can match lies. */
  readonly start: string;
}

const MAGIC = /[*?[\]{}()!+@\\]/;

/** Work where what is looked for may lie in a tree; null where it is the base's alone, which has a `glob` of its own. */
export function globAcross(
  table: MountTable,
  whole: Filesystem,
  [given, options]: readonly unknown[],
): Work<(string | Dirent)[]> | null {
  const patterns: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (!patterns.every((pattern) => typeof pattern === 'string')) return null;
  const bag = options === undefined ? {} : asObject(options, 'options');
  const cwd = posix.resolve(directoryOf(bag.cwd));
  const parsed = patterns.map((pattern) => parse(pattern, cwd));
  const isOfBase = ({ top, start }: Pattern): boolean => {
    const at = table.locate(posix.resolve(top, start));
    return at === null || (at.owner === table.base && !at.isAbove);
  };
  if (parsed.every(isOfBase)) return null;
  return search(parsed, {
    whole,
    withFileTypes: Boolean(bag.withFileTypes),
    isExcluded: exclusionOf(bag),
    found: new Map(),
  });
}

const directoryOf = (cwd: unknown): string => {
  if (cwd === undefined || cwd === null) return process.cwd();
  return typeof cwd === 'string' ? cwd : fileURLToPath(cwd as URL);
};

function exclusionOf({ exclude, withFileTypes }: Bag): Globbing['isExcluded'] {
  if (exclude === undefined || exclude === null) return () => false;
  if (Array.isArray(exclude))
    return (_entry, path) => exclude.some((pattern) => matches(path, String(pattern)));
  const isExcluded = asFunction(exclude, 'options.exclude');
  return (entry) => Boolean(isExcluded(withFileTypes ? entry : entry.name));
}

function parse(pattern: string, cwd: string): Pattern {
  const isAbsolute = posix.isAbsolute(pattern);
  const normalised = posix.normalize(pattern);
  const segments = normalised.split('/').filter(Boolean);
  const magic = segments.findIndex((segment) => MAGIC.test(segment));
  return {
    isAbsolute,
    top: isAbsolute ? '/' : cwd,
    text: segments.join('/'),
    segments,
    isDirectoryWanted: normalised.endsWith('/'),
    start: segments.slice(0, magic < 0 ? -1 : magic).join('/'),
  };
}

function* search(patterns: readonly Pattern[], globbing: Globbing): Work<(string | Dirent)[]> {
  for (const pattern of patterns) {
    const { start } = pattern;
    const entries = yield* entriesOf(pattern, start, globbing);
    if (entries === null) continue;
    if (isMatch(start, true, pattern)) {
      const top = posix.join(pattern.top, start);
      const entry = direntOf({ name: posix.basename(top), kind: 'directory' }, posix.dirname(top), null);
      add(entry, start === '' ? '.' : start, pattern, globbing);
    }
    yield* searchIn(entries, start, pattern, globbing);
  }
  return [...globbing.found.values()];
}

function* searchIn(
  entries: readonly Dirent[],
  directory: string,
  pattern: Pattern,
  globbing: Globbing,
): Work<void> {
  for (const entry of entries) {
    const path = posix.join(directory, entry.name);
    if (globbing.isExcluded(entry, path)) continue;
    if (isMatch(path, entry.isDirectory(), pattern)) add(entry, path, pattern, globbing);
    if (!entry.isDirectory() || !mayLead(path, pattern)) continue;
    const below = yield* entriesOf(pattern, path, globbing);
    if (below !== null) yield* searchIn(below, path, pattern, globbing);
  }
}

function add(entry: Dirent, path: string, { isAbsolute }: Pattern, { found, withFileTypes }: Globbing): void {
  const shown = isAbsolute ? `/${path}` : path;
  found.set(shown, withFileTypes ? entry : shown);
}

/** Null where there is no directory to search. */
function* entriesOf({ top }: Pattern, path: string, { whole }: Globbing): Work<readonly Dirent[] | null> {
  try {
    return yield* call(whole, 'readdir', posix.join(top, path), { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMatch(path: string, isDirectory: boolean, { text, isDirectoryWanted }: Pattern): boolean {
  if (isDirectoryWanted && !isDirectory) return false;
  if (matches(path, text)) return true;
  // `**` stands for no directory, too: `a/**` is `a` and all below it.
  return text === '**' ? path === '' : text.endsWith('/**') && matches(path, text.slice(0, -3));
}

/** Whether something below a directory can match: what stands before any `**` must match so far. */
function mayLead(path: string, { segments }: Pattern): boolean {
  const depth = path.split('/').length;
  const start = segments.slice(0, depth);
  // Braces may hold slashes: their segments are none.
  if (start.includes('**') || segments.some((segment) => segment.includes('{'))) return true;
  return depth < segments.length && matches(path, start.join('/'));
}

/** There since Node 22.5, as `fs.glob` is since 22.0; @types/node declares them later than the oldest Node has them. */
function matches(path: string, pattern: string): boolean {
  const matchesGlob: unknown = Reflect.get(posix, 'matchesGlob');
  if (!isFunction(matchesGlob)) throw notSupported('glob', 'Between filesystems it needs Node 22.5.');
  return Boolean(matchesGlob(path, pattern));
}
