/** Calls of two paths: both say whose they are. */
const PAIRS: readonly string[] = ['copyFile', 'cp', 'link', 'rename', 'symlink'];

/** Its first argument is a pattern, which may match what its text doesn't begin with. */
const PATTERN = 'glob';

type Elsewhere = (args: readonly unknown[]) => boolean;

/**
 * Tells at a glance, for most of what a process does, that a call has nothing to do with any mount: its paths are
 * absolute and plain, and begin with another directory than all the mounts. False leaves it open.
 */
export function elsewhereOf(name: string, prefixes: readonly string[]): Elsewhere {
  const call = name.replace(/Sync$/, '');
  if (call === PATTERN) return () => false;
  const tops = prefixes.map((prefix) => prefix.slice(0, `${prefix}/`.indexOf('/', 1)));
  const isElsewhere = (path: unknown): boolean =>
    typeof path === 'string' &&
    path.length > 1 &&
    path.startsWith('/') &&
    !path.startsWith('//') &&
    !path.startsWith('/.') &&
    !path.includes('/..') &&
    !tops.some((top) => path.startsWith(top));
  if (PAIRS.includes(call)) return ([from, to]) => isElsewhere(from) && isElsewhere(to);
  return ([path]) => isElsewhere(path);
}
