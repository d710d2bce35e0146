import type { CopyOptions } from 'node:fs';
import * as fc from 'fast-check';
import { call, type Style } from '../../semantics/helpers/styles.js';
import { linksToDirectories } from './links.js';
import { bare, content, type Operations, onName, onNames, onNameWith, type Side } from './program.js';
import { shapeOf, timesOf } from './stats.js';

const nodeMajor = Number(process.versions.node.split('.')[0]);

const ENCODINGS = ['utf8', 'latin1', 'hex', 'base64', 'utf16le', 'ascii'] as const;
const encoding = fc.constantFrom(...ENCODINGS);

/** What `rm` may be told; it retries on Windows only. */
const removal = fc.record(
  {
    recursive: fc.boolean(),
    force: fc.boolean(),
    maxRetries: fc.constant(1),
    retryDelay: fc.constant(1),
  },
  { requiredKeys: [] },
);

const copying = fc.record(
  {
    recursive: fc.constant(true),
    force: fc.boolean(),
    errorOnExist: fc.boolean(),
    preserveTimestamps: fc.boolean(),
    dereference: fc.boolean(),
    mode: fc.constantFrom(0, 1),
  },
  { requiredKeys: [] },
);

const time = fc.constantFrom<unknown>(0, 1, 1.5, 1e9, '7', new Date(3000));

const isDirectory = (side: Side, path: string): boolean =>
  side.fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * Copies by `cp`, unless Node's ways part. Its promises look at both names at once: of two errors chance chooses. From 22
 * on its sync one is native code, which tells other mistakes first and otherwise, makes no directory for what it refuses,
 * and ends the process for a directory over a file. What is open keeps its content on a disk when
 * it is copied over, see `docs/SEMANTICS.md`.
 */
const copyTree = async (side: Side, how: Style, from: string, to: string, options: CopyOptions) => {
  // Into a directory above, a copy meets what it has just written, if the disk shows it.
  if (from.startsWith(`${to.replace(/\/$/, '')}/`)) return 'left out';
  // Around a link that leads to a directory around it there is no end.
  if (options.dereference && linksToDirectories(side) > 0) return 'left out';
  const isThere = side.fs.existsSync(from);
  const known = isThere ? how : 'sync';
  if (known === 'sync' && nodeMajor >= 22) {
    // Of a link that leads nowhere it tells what it is that hinders it.
    if (!isThere && isTaken(side, from)) return 'left out';
    if (isTaken(side, to) || (isDirectoryIfThere(side, from) && !options.recursive)) return 'left out';
  }
  if (isAnyOpen(side) && isTaken(side, to)) return 'left out';
  return call(side.fs, known, 'cp', from, to, options);
};

const isAnyOpen = ({ open, handles }: Side): boolean =>
  [...open, ...handles].some((file) => file !== undefined);

/** Is there something, or a file above it? */
const isTaken = (side: Side, path: string): boolean => {
  try {
    side.fs.lstatSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
};

const isDirectoryIfThere = (side: Side, path: string): boolean =>
  side.fs.existsSync(path) && isDirectory(side, path);

/** Where libuv removes the destination of a copy whose source is a directory; nobody should. */
const copyUnlessDirectory = async (side: Side, how: Style, from: string, to: string, mode: number) => {
  if (isDirectoryIfThere(side, from)) return 'left out';
  return call(side.fs, how, 'copyFile', from, to, mode);
};

const exists = async (side: Side, how: Style, path: string): Promise<boolean> => {
  if (how !== 'callback') return side.fs.existsSync(path);
  return new Promise((resolve) => side.fs.exists(path, resolve));
};

/** Random letters end its name, so it is looked at and removed. */
const makeTemporary = async (side: Side, how: Style, path: string): Promise<unknown> => {
  const made = String(await call(side.fs, how, 'mkdtemp', `${path}tmp-`));
  const { mode, kind } = shapeOf(side.fs.statSync(made));
  side.fs.rmdirSync(made);
  return [bare(side, made.slice(0, -6)), mode, kind];
};

/** Node's callbacks and promises tell the letters that they tried, the sync call tells Xs. */
const withoutLetters = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    return await work;
  } catch (error) {
    const told = error as NodeJS.ErrnoException;
    const masked = (text: string): string => text.replace(/tmp-\w{6}/, 'tmp-XXXXXX');
    const { name, code, errno, syscall } = told;
    throw { name, code, errno, syscall, message: masked(told.message), path: masked(told.path ?? '') };
  }
};

/** What reads a name, or what is known of it. */
export const looks: Operations = [
  onName('readFile', (side, how, path) => call(side.fs, how, 'readFile', path, 'utf8')),
  onNameWith('readFile as', encoding, (side, how, path, as) => call(side.fs, how, 'readFile', path, as)),
  onNameWith('readFile flag', fc.constantFrom('r+', 'a+', 'w+', 'wx+', 'rs'), (side, how, path, flag) =>
    call(side.fs, how, 'readFile', path, { encoding: 'latin1', flag }),
  ),
  onName('stat', async (side, how, path) => shapeOf(await call(side.fs, how, 'stat', path))),
  onName('stat bigint', async (side, how, path) =>
    shapeOf(await call(side.fs, how, 'stat', path, { bigint: true })),
  ),
  onName('lstat', async (side, how, path) =>
    shapeOf(await call(side.fs, how, 'lstat', path, { bigint: true })),
  ),
  onName('statSync throwIfNoEntry', async (side, _how, path) => {
    const stats = side.fs.statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? 'no entry' : shapeOf(stats);
  }),
  onNameWith('access', fc.integer({ min: 0, max: 7 }), (side, how, path, mode) =>
    call(side.fs, how, 'access', path, mode),
  ),
  onName('exists', exists),
  onName('realpath', async (side, how, path) => bare(side, await call(side.fs, how, 'realpath', path))),
  onName('realpathSync.native', async (side, _how, path) => bare(side, side.fs.realpathSync.native(path))),
  onName('readlink', (side, how, path) => call(side.fs, how, 'readlink', path)),
];

/** What changes names, content or attributes. */
export const changes: Operations = [
  onNameWith('writeFile', content, (side, how, path, text) => call(side.fs, how, 'writeFile', path, text)),
  onNameWith('writeFile wx', content, (side, how, path, text) =>
    call(side.fs, how, 'writeFile', path, text, { flag: 'wx' }),
  ),
  onNameWith(
    'writeFile',
    fc.tuple(content, encoding, fc.constantFrom('w', 'a', 'r+', 'r', 'ax'), fc.constantFrom(0o600, 0o644)),
    (side, how, path, [text, as, flag, mode]) =>
      call(side.fs, how, 'writeFile', path, text, { encoding: as, flag, mode, flush: true }),
  ),
  onNameWith('writeFile of bytes', content, (side, how, path, text) =>
    call(side.fs, how, 'writeFile', path, new Uint16Array(Buffer.from(text))),
  ),
  onNameWith('appendFile', content, (side, how, path, text) => call(side.fs, how, 'appendFile', path, text)),
  onName('mkdir', (side, how, path) => call(side.fs, how, 'mkdir', path)),
  onNameWith('mkdir mode', fc.constantFrom<unknown>(0o700, '755', { mode: '711' }), (side, how, path, mode) =>
    call(side.fs, how, 'mkdir', path, mode),
  ),
  onName('mkdir recursive', async (side, how, path) =>
    bare(side, await call(side.fs, how, 'mkdir', path, { recursive: true })),
  ),
  onName('mkdtemp', (side, how, path) => withoutLetters(makeTemporary(side, how, path))),
  onName('rmdir', (side, how, path) => call(side.fs, how, 'rmdir', path)),
  onName('rm', (side, how, path) => call(side.fs, how, 'rm', path)),
  onNameWith('rm', removal, (side, how, path, options) => call(side.fs, how, 'rm', path, options)),
  onName('unlink', (side, how, path) => call(side.fs, how, 'unlink', path)),
  onNameWith('truncate', fc.constantFrom<unknown>(3, 0, 30, -1, undefined), (side, how, path, length) =>
    call(side.fs, how, 'truncate', path, length),
  ),
  // Only root gets into a directory without its bits of execution; here modes keep nobody out.
  onNameWith('chmod', fc.constantFrom<unknown>(0o640, 0o755, '600'), (side, how, path, mode) =>
    call(side.fs, how, 'chmod', path, isDirectoryIfThere(side, path) ? 0o710 : mode),
  ),
  onNameWith('chmod', fc.constantFrom<unknown>(0o740, '700'), (side, how, path, mode) =>
    call(side.fs, how, 'chmod', path, mode),
  ),
  onNameWith('utimes', fc.tuple(time, time), async (side, how, path, [atime, mtime]) => {
    await call(side.fs, how, 'utimes', path, atime, mtime);
    return timesOf(side.fs.statSync(path));
  }),
  onNameWith('lutimes', fc.tuple(time, time), async (side, how, path, [atime, mtime]) => {
    await call(side.fs, how, 'lutimes', path, atime, mtime);
    return timesOf(side.fs.lstatSync(path));
  }),
  onNames('rename', (side, how, from, to) => call(side.fs, how, 'rename', from, to)),
  onNames('copyFile', (side, how, from, to) => copyUnlessDirectory(side, how, from, to, 0)),
  onNames('copyFile excl', (side, how, from, to) =>
    copyUnlessDirectory(side, how, from, to, side.fs.constants.COPYFILE_EXCL),
  ),
  onNames('cpSync', (side, _how, from, to) => copyTree(side, 'sync', from, to, { recursive: true })),
  copying.chain((options) =>
    onNames(`cp ${fc.stringify(options)}`, (side, how, from, to) => copyTree(side, how, from, to, options)),
  ),
];

/** Links are refused in runs (`EPERM`), so of them only what a disk refuses too. */
export const links: Operations = [
  onNames('link', async (side, how, from, to) => {
    const isFile = side.fs.existsSync(from) && !isDirectory(side, from);
    return isFile ? 'left out' : call(side.fs, how, 'link', from, to);
  }),
  onNames('symlink', async (side, how, from, to) =>
    side.fs.existsSync(to) ? call(side.fs, how, 'symlink', from, to) : 'left out',
  ),
];
