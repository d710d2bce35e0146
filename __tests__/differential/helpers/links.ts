import type nodeFs from 'node:fs';
import * as fc from 'fast-check';
import { call } from '../../semantics/helpers/styles.js';
import { bare, type Fs, type Operations, onName, onNames, onNameWith, type Side } from './program.js';

/** What links lead to: names beside them, around them, themselves, nothing, and by absolute paths. */
const target = fc.constantFrom(
  'a',
  'b',
  'd',
  'd/',
  'e',
  'd/a',
  'd/e',
  './a',
  'e/../a',
  'a/../b',
  '../a',
  '../d/e',
  '.',
  '..',
  'missing',
  'missing/a',
  '/a',
  '/d/e',
  '',
);

/** An absolute target begins where the side does. */
const targetOn = (side: Side, text: string): string => (text.startsWith('/') ? `${side.base}${text}` : text);

const shownTarget = (side: Side, text: unknown): string => bare(side, text);

/** In a draft links are made as on a disk. */
export const ownLinks: Operations = [
  onNameWith('symlink', target, (side, how, path, text) =>
    call(side.fs, how, 'symlink', targetOn(side, text), path),
  ),
  onNames('link', (side, how, from, to) => call(side.fs, how, 'link', from, to)),
  onName('readlink', async (side, how, path) =>
    shownTarget(side, await call(side.fs, how, 'readlink', path)),
  ),
  onName('lstat', async (side, how, path) => {
    const stats = (await call(side.fs, how, 'lstat', path)) as nodeFs.Stats;
    if (!stats.isSymbolicLink()) return 'no link';
    // An absolute target is as long as the path of its side.
    const { length } = bare(side, side.fs.readlinkSync(path));
    return [stats.mode & 0o777, stats.nlink, length];
  }),
  onNames('is the same file', async (side, how, from, to) => {
    const [one, other] = [await call(side.fs, how, 'stat', from), await call(side.fs, how, 'lstat', to)];
    return (one as nodeFs.Stats).ino === (other as nodeFs.Stats).ino;
  }),
  onName('lchown', async (side, how, path) => {
    const { uid, gid } = side.fs.lstatSync(path);
    return call(side.fs, how, 'lchown', path, uid, gid);
  }),
];

/** How many links to directories there are: who follows two that lead to around themselves never comes to an end. */
export function linksToDirectories({ fs, base }: Side): number {
  return entriesBelow(fs, base).filter(
    (path) =>
      fs.lstatSync(path).isSymbolicLink() && fs.statSync(path, { throwIfNoEntry: false })?.isDirectory(),
  ).length;
}

function entriesBelow(fs: Fs, directory: string): string[] {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    return entry.isDirectory() ? [path, ...entriesBelow(fs, path)] : [path];
  });
}

/** All that is below a directory: files with their content, directories as null, links as where they lead. */
export const linkedTreeOf = (side: Side): Record<string, string | null> => {
  const { fs, top } = side;
  return Object.fromEntries(
    entriesBelow(fs, top)
      .sort()
      .map((path) => {
        const stats = fs.lstatSync(path);
        const told = stats.isSymbolicLink()
          ? `-> ${bare(side, fs.readlinkSync(path))}`
          : stats.isDirectory()
            ? null
            : `${stats.nlink}: ${fs.readFileSync(path, 'latin1')}`;
        return [path.slice(top.length + 1), told];
      }),
  );
};

/**
 * What the official SDK's `add_dir` stores of a directory: links are followed.
 *
 * @returns the files' content, and the links of which nothing can be stored
 */
export function followed(fs: Fs, top: string): { files: Record<string, string>; broken: string[] } {
  const files: Record<string, string> = {};
  const broken: string[] = [];
  const visit = (directory: string, around: readonly number[]): void => {
    for (const name of fs.readdirSync(directory)) {
      const path = `${directory}/${name}`;
      const stats = statOrNull(fs, path);
      if (stats === null || around.includes(stats.ino)) broken.push(path);
      else if (stats.isDirectory()) visit(path, [...around, stats.ino]);
      else files[path.slice(top.length + 1)] = fs.readFileSync(path, 'latin1');
    }
  };
  visit(top, [fs.statSync(top).ino]);
  return { files, broken };
}

function statOrNull(fs: Fs, path: string): nodeFs.Stats | null {
  try {
    return fs.statSync(path);
  } catch {
    return null;
  }
}
