import type { EventEmitter } from 'node:events';
import * as fc from 'fast-check';
import { call } from '../../semantics/helpers/styles.js';
import { at, fdStyle, name, type Operations, operation, style } from './program.js';

// A function would be taken for the callback.
const none = [null, true, {}, [], Symbol('x'), new Date(0)];
/** Nothing that can be taken for the number of an open file. */
const noPaths = [undefined, 7.5, Number.NaN, 'a\0b', Buffer.from('a\0b'), new URL('ftp://x/a'), ...none];
const noModes = [-1, 1.5, Number.NaN, 2 ** 32, 'x', '9', '0o7', '', ...none.slice(1)];
const noFlags = ['q', 'rr', '', 'R', 1.5, -(2 ** 40), ...none.slice(1)];
const noEncodings = ['klingon', 5, true, { encoding: 'klingon' }];
const noTimes = ['x', Number.NaN, Number.POSITIVE_INFINITY, ...none.slice(0, -1)];
const noLengths = ['x', 1.5, Number.NaN, 2 ** 53, ...none.slice(1)];
// Node's native code, and other than its JavaScript: a symbol ends it, bigints are worded otherwise.
const noFds = [undefined, -1, 1.5, Number.NaN, 2 ** 31, '3', null, true, {}, []];

/** A destination that can't be made, if the call gets that far. */
const ELSEWHERE = '/missing/x';

type Wrong = readonly [
  member: string,
  before: readonly unknown[],
  wrongs: readonly unknown[],
  after?: readonly unknown[],
];

/** Behind the name: the argument that is wrong, among others that are right. */
const ON_NAMES: readonly Wrong[] = [
  ['access', [], noModes],
  ['appendFile', ['x'], [...noEncodings, { flag: 'q' }, { mode: 'x' }, { flush: 1 }]],
  ['appendFile', [], [5, ...none.slice(0, -1)]],
  ['chmod', [], [undefined, ...noModes]],
  ['chown', [], ['root', -2, 1.5, ...none], [0]],
  ['chown', [0], ['root', -2, 1.5, ...none]],
  ['copyFile', [ELSEWHERE], [8, -1, 'excl', 1.5]],
  [
    'cp',
    [ELSEWHERE],
    [{ recursive: 1 }, { filter: 1 }, { mode: 99 }, { force: 'x' }, { dereference: 0 }, null],
  ],
  ['link', [], noPaths],
  ['lutimes', [], noTimes, [1]],
  ['mkdir', [], [{ recursive: 1 }, { mode: 'x' }, { mode: -1 }]],
  ['mkdtemp', [], noEncodings],
  ['open', [], noFlags],
  ['open', ['r'], noModes],
  ['readFile', [], [...noEncodings, { flag: 'q' }, { signal: 5 }]],
  ['readdir', [], noEncodings],
  ['readdir', [], [{ recursive: 1 }, { recursive: 'x' }, { recursive: null }]],
  ['readlink', [], noEncodings],
  ['realpath', [], noEncodings],
  ['rename', [], noPaths],
  ['rm', [], [{ force: 1 }, { recursive: 'x' }, { retryDelay: -1 }, { maxRetries: 1.5 }, 5, null]],
  ['rmdir', [], [{ maxRetries: -1 }, 5, null]],
  ['symlink', [], noPaths],
  ['truncate', [], noLengths],
  ['utimes', [], noTimes, [1]],
  ['utimes', [1], noTimes],
  ['writeFile', ['x'], [...noEncodings, { flag: 'q' }, { mode: 'x' }, { flush: 1 }, { signal: 1 }]],
  ['writeFile', [], [5, ...none.slice(0, -1)]],
];

/** In place of the name. */
const PATH_CALLS: Readonly<Record<string, readonly unknown[]>> = {
  access: [],
  appendFile: ['x'],
  chmod: [0o644],
  chown: [0, 0],
  copyFile: [ELSEWHERE],
  cp: [ELSEWHERE],
  link: [ELSEWHERE],
  lstat: [],
  lutimes: [1, 2],
  mkdir: [],
  mkdtemp: [],
  open: ['r'],
  opendir: [],
  readFile: [],
  readdir: [],
  readlink: [],
  rename: [ELSEWHERE],
  rm: [],
  rmdir: [],
  stat: [],
  symlink: [ELSEWHERE],
  truncate: [],
  unlink: [],
  utimes: [1, 2],
  writeFile: ['x'],
};

const FD_CALLS: Readonly<Record<string, readonly unknown[]>> = {
  close: [],
  fchmod: [0o644],
  fchown: [0, 0],
  fdatasync: [],
  fstat: [],
  fsync: [],
  ftruncate: [1],
  futimes: [1, 2],
  read: [Buffer.alloc(4), 0, 4, 0],
  readv: [[Buffer.alloc(4)]],
  write: ['x'],
  writev: [[Buffer.from('x')]],
};

/** Some in range and some not: whether the call is refused is the question. */
const NUMBERS = [-1, 0, 1, 4, 5, 1.5, Number.NaN, 2 ** 31, 2 ** 53, null, undefined, 'x', {}] as const;
const anyNumber = fc.constantFrom<unknown>(...NUMBERS);
// As a length a bigint is found late, by a sum that Node's own code can't do.
const anyPosition = fc.constantFrom<unknown>(...NUMBERS, 3n, -(2n ** 70n));

/** In place of what is given behind an open fd. */
const ON_FDS: readonly Wrong[] = [
  ['fchmod', [], noModes],
  ['fchown', [], ['root', -2, 1.5, ...none], [0]],
  ['ftruncate', [], noLengths],
  ['futimes', [], noTimes, [1]],
  ['read', [], ['no buffer', 5, null], [0, 4, 0]],
  ['readv', [], [...none, ['x'], 'x']],
  ['write', [], [5, ...none.slice(0, -1)]],
  ['writev', [], [...none, ['x'], 'x']],
];

/** Such as the sorts of `Array`; none of it is a string's own text. */
const told = (value: unknown): string => (typeof value === 'symbol' ? String(value) : fc.stringify(value));

export const refusals: Operations = [
  fc
    .tuple(name, style, fc.constantFrom(...ON_NAMES.flatMap(each)))
    .map(([path, how, [member, args]]) =>
      operation(`${how} ${member} ${path} ${told(args)}`, (side) =>
        call(side.fs, how, member, at(side, path), ...args),
      ),
    ),
  fc
    .tuple(style, fc.constantFrom(...Object.keys(PATH_CALLS)), fc.constantFrom(...noPaths))
    .map(([how, member, path]) =>
      operation(`${how} ${member} of the path ${told(path)}`, (side) =>
        call(side.fs, how, member, path, ...(PATH_CALLS[member] ?? [])),
      ),
    ),
  fc
    .tuple(fdStyle, fc.constantFrom(...Object.keys(FD_CALLS)), fc.constantFrom(...noFds))
    .map(([how, member, fd]) =>
      operation(`${how} ${member} of the fd ${told(fd)}`, (side) =>
        call(side.fs, how, member, fd, ...(FD_CALLS[member] ?? [])),
      ),
    ),
  fc.tuple(fc.nat(3), fdStyle, fc.constantFrom(...ON_FDS.flatMap(each))).map(([index, how, [member, args]]) =>
    operation(`${how} ${member} #${index} ${told(args)}`, async (side) => {
      const fd = side.open[index];
      return fd === undefined ? 'not open' : call(side.fs, how, member, fd, ...args);
    }),
  ),
  fc
    .tuple(fc.nat(3), fdStyle, fc.constantFrom('read', 'write'), anyNumber, anyNumber, anyPosition)
    .map(([index, how, member, from, length, position]) =>
      operation(`${how} ${member} #${index} ${told([from, length, position])}`, async (side) => {
        const fd = side.open[index];
        const bytes = Buffer.from('....');
        if (fd === undefined) return 'not open';
        return [await call(side.fs, how, member, fd, bytes, from, length, position), bytes.toString()];
      }),
    ),
  fc
    .tuple(
      name,
      fc.constantFrom('createReadStream' as const, 'createWriteStream' as const),
      fc.constantFrom('start', 'end', 'flags', 'fd', 'encoding', 'highWaterMark', 'fs', 'signal', 'flush'),
      fc.constantFrom<unknown>(-1, 1.5, 'x', Number.NaN, {}, true),
    )
    // As flags, -1 is all that there are.
    .filter(([, , option, value]) => option !== 'flags' || value !== -1)
    .map(([path, member, option, value]) =>
      operation(`${member} ${path} { ${option}: ${told(value)} }`, async (side) => {
        const options = { [option]: value };
        const stream: EventEmitter & { destroy(): unknown } =
          member === 'createReadStream'
            ? side.fs.createReadStream(at(side, path), options)
            : side.fs.createWriteStream(at(side, path), options);
        const problem = await new Promise((resolve) => {
          stream.once('error', resolve).once('close', () => resolve(null));
          stream.destroy();
        });
        if (problem !== null) throw problem;
        return 'made';
      }),
    ),
];

function each([member, before, wrongs, after = []]: Wrong): (readonly [string, readonly unknown[]])[] {
  return wrongs.map((wrong) => [member, [...before, wrong, ...after]]);
}
