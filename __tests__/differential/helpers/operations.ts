import type nodeFs from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import * as fc from 'fast-check';
import { call, STYLES, type Style } from '../../semantics/helpers/styles.js';

export type Fs = typeof nodeFs;

/** One of the two filesystems that are compared: the same names below `base`, and the same numbers of open files. */
export interface Side {
  readonly fs: Fs;
  readonly base: string;
  /** By their number in the program; undefined where the open failed or the file was closed. */
  readonly open: (number | undefined)[];
}

export interface Operation {
  /** As a reader wants to see it in a counterexample. */
  readonly text: string;
  run(side: Side): Promise<unknown>;
  toString(): string;
}

const name = fc.constantFrom(
  'a',
  'b',
  'd',
  'd/a',
  'd/e',
  'd/e/a',
  'd/e/b',
  'f/g',
  'ü €',
  '.hidden',
  'a/below',
  'missing/a',
  'd/',
  'a/',
);
const content = fc.constantFrom('', 'x', 'hello world', 'a longer text with ünïcode €');
const style = fc.constantFrom(...STYLES);
const flags = fc.constantFrom('r', 'r+', 'w', 'w+', 'wx', 'a', 'a+', 'ax', 'rs+', 'q', 0o100, 0o1101);
const slot = fc.integer({ min: 0, max: 3 });
const offset = fc.integer({ min: 0, max: 20 });

const at = (side: Side, path: string): string => `${side.base}/${path}`;

/** Of stats what both sides can agree on: times, numbers and block counts are each filesystem's own. */
const shapeOf = (stats: Stats): unknown => ({
  kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other',
  size: stats.isFile() ? Number(stats.size) : null,
  mode: Number(stats.mode) & 0o777,
});

const operation = (text: string, run: (side: Side) => Promise<unknown>): Operation => ({
  text,
  run,
  toString: () => text,
});

type Work = (side: Side, how: Style, path: string) => Promise<unknown>;

const onName = (what: string, work: Work): fc.Arbitrary<Operation> =>
  fc
    .tuple(name, style)
    .map(([path, how]) => operation(`${how} ${what} ${path}`, (side) => work(side, how, at(side, path))));

const onNames = (
  what: string,
  work: (side: Side, how: Style, from: string, to: string) => Promise<unknown>,
): fc.Arbitrary<Operation> =>
  fc
    .tuple(name, name, style)
    .map(([from, to, how]) =>
      operation(`${how} ${what} ${from} ${to}`, (side) => work(side, how, at(side, from), at(side, to))),
    );

const withContent = (
  what: string,
  work: (side: Side, how: Style, path: string, text: string) => Promise<unknown>,
): fc.Arbitrary<Operation> =>
  fc
    .tuple(name, content, style)
    .map(([path, text, how]) =>
      operation(`${how} ${what} ${path} '${text}'`, (side) => work(side, how, at(side, path), text)),
    );

/** Promises know no fds. */
const fdStyle = fc.constantFrom<Style>('sync', 'callback');

const onOpen = (
  what: string,
  work: (side: Side, how: Style, fd: number, index: number) => Promise<unknown>,
): fc.Arbitrary<Operation> =>
  fc.tuple(slot, fdStyle).map(([index, how]) =>
    operation(`${how} ${what} #${index}`, async (side) => {
      const fd = side.open[index];
      return fd === undefined ? 'not open' : work(side, how, fd, index);
    }),
  );

const opening = fc.tuple(name, flags, slot, fdStyle).map(([path, flag, index, how]) =>
  operation(`${how} open ${path} ${flag} as #${index}`, async (side) => {
    if (side.open[index] !== undefined) return 'in use';
    side.open[index] = Number(await call(side.fs, how, 'open', at(side, path), flag));
    return 'open';
  }),
);

const reading = fc.tuple(slot, fdStyle, fc.option(offset)).map(([index, how, position]) =>
  operation(`${how} read #${index} at ${position}`, async (side) => {
    const fd = side.open[index];
    if (fd === undefined) return 'not open';
    const bytes = Buffer.alloc(12);
    const count = Number(await call(side.fs, how, 'read', fd, bytes, 0, bytes.length, position));
    return [count, bytes.toString('latin1', 0, count)];
  }),
);

const writing = fc.tuple(slot, fdStyle, content, fc.option(offset)).map(([index, how, text, position]) =>
  operation(`${how} write #${index} '${text}' at ${position}`, async (side) => {
    const fd = side.open[index];
    if (fd === undefined) return 'not open';
    const bytes = Buffer.from(text);
    return Number(await call(side.fs, how, 'write', fd, bytes, 0, bytes.length, position));
  }),
);

const streaming = fc.tuple(name, offset, offset).map(([path, start, more]) =>
  operation(`createReadStream ${path} ${start}..${start + more}`, async (side) => {
    const stream = side.fs.createReadStream(at(side, path), { start, end: start + more, highWaterMark: 5 });
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(Buffer.from(part));
    return Buffer.concat(parts).toString('latin1');
  }),
);

const pouring = fc.tuple(name, content, fc.constantFrom('w', 'a', 'wx', 'r+')).map(([path, text, flag]) =>
  operation(`createWriteStream ${path} '${text}' ${flag}`, (side) => {
    const stream = side.fs.createWriteStream(at(side, path), { flags: flag, highWaterMark: 4 });
    return new Promise((resolve, reject) => {
      stream.once('error', reject);
      stream.once('close', () => resolve(stream.bytesWritten));
      stream.end(text);
    });
  }),
);

const wrongs: readonly (readonly [string, readonly unknown[]])[] = [
  ['readFile', [7.5]],
  ['readFile', [null]],
  ['writeFile', [{}, 'x']],
  ['stat', ['a\0b']],
  ['mkdir', [undefined]],
  ['rename', ['a']],
  ['access', [Symbol('x')]],
];
const refused = fc
  .tuple(fc.constantFrom(...wrongs), style)
  .map(([[member, args], how]) =>
    operation(`${how} ${member} with wrong arguments`, (side) => call(side.fs, how, member, ...args)),
  );

/** Where libuv removes the destination of a copy whose source is a directory; nobody should. */
const copyUnlessDirectory = async (side: Side, how: Style, from: string, to: string, mode: number) => {
  if (side.fs.existsSync(from) && side.fs.statSync(from).isDirectory()) return 'left out';
  return call(side.fs, how, 'copyFile', from, to, mode);
};

/** What a local disk and a run can both do. What a run can't is a row of `docs/SEMANTICS.md`. */
export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  withContent('writeFile', (side, how, path, text) => call(side.fs, how, 'writeFile', path, text)),
  withContent('writeFile wx', (side, how, path, text) =>
    call(side.fs, how, 'writeFile', path, text, { flag: 'wx' }),
  ),
  withContent('appendFile', (side, how, path, text) => call(side.fs, how, 'appendFile', path, text)),
  onName('readFile', (side, how, path) => call(side.fs, how, 'readFile', path, 'utf8')),
  onName('stat', async (side, how, path) => shapeOf((await call(side.fs, how, 'stat', path)) as Stats)),
  onName('lstat', async (side, how, path) =>
    shapeOf((await call(side.fs, how, 'lstat', path, { bigint: true })) as Stats),
  ),
  onName('access', (side, how, path) => call(side.fs, how, 'access', path, side.fs.constants.R_OK)),
  onName('readdir', async (side, how, path) =>
    ((await call(side.fs, how, 'readdir', path)) as string[]).sort(),
  ),
  onName('readdir recursive', async (side, how, path) =>
    ((await call(side.fs, how, 'readdir', path, { recursive: true })) as string[]).sort(),
  ),
  onName('readdir withFileTypes', async (side, how, path) => {
    const dirents = (await call(side.fs, how, 'readdir', path, { withFileTypes: true })) as Dirent[];
    return dirents
      .map((dirent) => [dirent.name, dirent.isDirectory(), dirent.parentPath.replace(side.base, '<base>')])
      .sort();
  }),
  onName('mkdir', (side, how, path) => call(side.fs, how, 'mkdir', path)),
  onName('mkdir recursive', async (side, how, path) =>
    String(await call(side.fs, how, 'mkdir', path, { recursive: true })).replace(side.base, '<base>'),
  ),
  onName('rmdir', (side, how, path) => call(side.fs, how, 'rmdir', path)),
  onName('rm', (side, how, path) => call(side.fs, how, 'rm', path)),
  onName('rm recursive', (side, how, path) => call(side.fs, how, 'rm', path, { recursive: true })),
  onName('rm force', (side, how, path) => call(side.fs, how, 'rm', path, { force: true })),
  onName('unlink', (side, how, path) => call(side.fs, how, 'unlink', path)),
  onName('truncate', (side, how, path) => call(side.fs, how, 'truncate', path, 3)),
  onName('chmod', (side, how, path) => call(side.fs, how, 'chmod', path, 0o640)),
  onName('utimes', (side, how, path) => call(side.fs, how, 'utimes', path, 1, 2)),
  onName('realpath', async (side, how, path) =>
    String(await call(side.fs, how, 'realpath', path)).replace(side.base, '<base>'),
  ),
  onName('readlink', (side, how, path) => call(side.fs, how, 'readlink', path)),
  onNames('rename', (side, how, from, to) => call(side.fs, how, 'rename', from, to)),
  onNames('copyFile', (side, how, from, to) => copyUnlessDirectory(side, how, from, to, 0)),
  onNames('copyFile excl', (side, how, from, to) =>
    copyUnlessDirectory(side, how, from, to, side.fs.constants.COPYFILE_EXCL),
  ),
  // Node's later twins look at both at once: of two errors chance chooses.
  onNames('cpSync', async (side, _how, from, to) => side.fs.cpSync(from, to, { recursive: true })),
  opening,
  reading,
  writing,
  onOpen('fstat', async (side, how, fd) => {
    const { mode: _, ...shape } = shapeOf((await call(side.fs, how, 'fstat', fd)) as Stats) as {
      mode: number;
    };
    return shape;
  }),
  onOpen('ftruncate', (side, how, fd) => call(side.fs, how, 'ftruncate', fd, 4)),
  // Node's callback twin takes an fd that can't be read for an empty file.
  onOpen('readFile of', async (side, _how, fd) => side.fs.readFileSync(fd, 'utf8')),
  onOpen('fsync', (side, how, fd) => call(side.fs, how, 'fsync', fd)),
  onOpen('close', async (side, how, fd, index) => {
    side.open[index] = undefined;
    return call(side.fs, how, 'close', fd);
  }),
  streaming,
  pouring,
  refused,
);
