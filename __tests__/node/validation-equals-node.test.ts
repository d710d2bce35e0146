import { join } from 'node:path';
import { expectEqual } from '../helpers/equal.js';
import { callBack, callPromise, callSync, makeTwins, type Side, type Twins } from './support/twins.js';

type Args = readonly unknown[] | ((side: Side) => readonly unknown[]);

const NO_PATHS: readonly unknown[] = [
  undefined,
  null,
  5,
  true,
  {},
  [],
  Symbol('s'),
  () => {},
  'a\0b',
  new Date(0),
];
const NO_FDS: readonly unknown[] = [undefined, null, '1', -1, 1.5, 2 ** 31, Number.NaN, {}];

const PATH_CALLS = [
  'access',
  'chmod',
  'chown',
  'lchown',
  'lstat',
  'mkdir',
  'mkdtemp',
  'open',
  'opendir',
  'readdir',
  'readlink',
  'rm',
  'rmdir',
  'stat',
  'unlink',
  'utimes',
  'lutimes',
];
const TWO_PATH_CALLS = ['copyFile', 'cp', 'link', 'rename', 'symlink'];
const FD_CALLS = ['close', 'fchmod', 'fchown', 'fdatasync', 'fstat', 'fsync', 'ftruncate', 'futimes'];

/** Arguments that are fine, behind the bad one. */
const REST: Readonly<Record<string, readonly unknown[]>> = {
  chmod: [0o644],
  chown: [0, 0],
  lchown: [0, 0],
  utimes: [1, 2],
  lutimes: [1, 2],
  fchmod: [0o644],
  fchown: [0, 0],
  ftruncate: [1],
  futimes: [1, 2],
};

const file =
  (...rest: readonly unknown[]): Args =>
  ({ base }: Side) => [join(base, 'file'), ...rest];

const BAD_SYMLINK = ['symlink', ({ base }: Side) => ['x', join(base, 'x'), 'door']] as const;

/** Other bad arguments; the path or fd is good, so that nothing but the bad one can be refused. */
const OTHERS: readonly (readonly [name: string, args: Args])[] = [
  ['access', file('r')],
  ['access', file(8)],
  ['access', file(-1)],
  ['access', file(1.5)],
  ['access', file(2 ** 32)],
  ['access', file(Number.NaN)],
  ['appendFile', file(5)],
  ['appendFile', file('x', 5)],
  ['appendFile', file('x', 'klingon')],
  ['appendFile', file('x', { flag: 'q' })],
  ['chmod', file('9')],
  ['chmod', file('rwx')],
  ['chmod', file(-1)],
  ['chmod', file(undefined)],
  ['chown', file('root', 0)],
  ['chown', file(0, 1.5)],
  ['chown', file(-2, 0)],
  ['copyFile', ({ base }) => [join(base, 'file'), join(base, 'x'), 8]],
  ['copyFile', ({ base }) => [join(base, 'file'), join(base, 'x'), 'excl']],
  ['cp', ({ base }) => [join(base, 'file'), join(base, 'x'), { recursive: 1 }]],
  ['cp', ({ base }) => [join(base, 'file'), join(base, 'x'), { filter: 1 }]],
  ['cp', ({ base }) => [join(base, 'file'), join(base, 'x'), null]],
  ['cp', ({ base }) => [join(base, 'file'), join(base, 'x'), { mode: 99 }]],
  ['fchmod', [1, 'x']],
  ['fchown', [1, 0, 'x']],
  ['ftruncate', [1, 'x']],
  ['ftruncate', [1, 1.5]],
  ['futimes', [1, {}, 1]],
  ['futimes', [1, 1, Number.NaN]],
  ['mkdir', file({ recursive: 1 })],
  ['mkdir', file({ mode: 'x' })],
  ['mkdtemp', file(5)],
  ['mkdtemp', file('klingon')],
  ['open', file('rr')],
  ['open', file('')],
  ['open', file(1.5)],
  ['open', file({})],
  ['open', file('r', '9')],
  ['open', file('r', -1)],
  ['opendir', ({ base }) => [base, { bufferSize: 0 }]],
  ['opendir', ({ base }) => [base, { bufferSize: 'x' }]],
  ['opendir', ({ base }) => [base, 'klingon']],
  ['read', [1, 'no buffer', 0, 1, 0]],
  ['read', [1, Buffer.alloc(4), -1, 1, 0]],
  ['read', [1, Buffer.alloc(4), 'x', 1, 0]],
  ['read', [1, Buffer.alloc(4), 1.5, 1, 0]],
  ['read', [1, Buffer.alloc(4), 0, 5, 0]],
  ['read', [1, Buffer.alloc(4), 0, -1, 0]],
  ['read', [1, Buffer.alloc(4), 3, 2, 0]],
  ['read', [1, Buffer.alloc(4), 0, 4, 'x']],
  ['read', [1, Buffer.alloc(4), 0, 4, () => {}]],
  ['read', [1, Buffer.alloc(4), 0, 4, -2]],
  ['read', [1, Buffer.alloc(4), 0, 4, 1.5]],
  ['read', [1, Buffer.alloc(4), 0, 4, 2n ** 63n]],
  ['read', [1, Buffer.alloc(0), 0, 4, 0]],
  ['read', [1, Buffer.alloc(4), { offset: -1 }]],
  ['read', [1, Buffer.alloc(4), { length: 9 }]],
  ['readFile', file(5)],
  ['readFile', file('klingon')],
  ['readFile', file({ encoding: 5 })],
  ['readFile', file({ flag: 'q' })],
  ['readFile', file({ signal: 5 })],
  ['readFile', file({ signal: {} })],
  ['readdir', ({ base }) => [base, 5]],
  ['read', [1, Buffer.alloc(4), 0, 5, 'x']],
  ['readdir', ({ base }) => [base, 'klingon']],
  ['readdir', ({ base }) => [join(base, 'missing'), { recursive: 'x' }]],
  ['readlink', file('klingon')],
  ['readv', [1, 'x']],
  ['readv', [1, ['x']]],
  ['realpath', file(5)],
  ['realpath', file('klingon')],
  ['rm', file({ force: 1 })],
  ['rm', file({ recursive: 'x' })],
  ['rm', file({ retryDelay: -1 })],
  ['rm', file({ maxRetries: 1.5 })],
  ['rmdir', file({ maxRetries: -1 })],
  ['rmdir', file({ recursive: 'x' })],
  ['rmdir', file(5)],
  ['rmdir', file(null)],
  // Later versions have another code for it.
  ...(process.versions.node.startsWith('20.') ? [BAD_SYMLINK] : []),
  ['truncate', file('x')],
  ['truncate', [7.5]],
  ['truncate', ({ base }) => [join(base, 'missing'), 'x']],
  ['truncate', file(1.5)],
  ['utimes', file({}, 1)],
  ['utimes', file('x', 1)],
  ['utimes', file(Number.POSITIVE_INFINITY, 1)],
  ['write', [1, 5]],
  ['write', [1, {}]],
  ['write', [1, undefined]],
  ['write', [1, Buffer.alloc(4), -1, 1]],
  ['write', [1, Buffer.alloc(4), 5, 1]],
  ['write', [1, Buffer.alloc(4), 0, 5]],
  ['write', [1, Buffer.alloc(4), 0, -1]],
  ['write', [1, Buffer.alloc(4), 1.5, 1]],
  ['write', [1, Buffer.alloc(4), { offset: 'x' }]],
  ['writev', [1, 'x']],
  ['writev', [1, ['x']]],
  ['writeFile', file(5)],
  ['writeFile', file({})],
  ['writeFile', file('x', 5)],
  ['writeFile', file('x', 'klingon')],
  ['writeFile', file('x', { flush: 1 })],
  ['writeFile', file('x', { flag: 'q' })],
  ['writeFile', file('x', { mode: 'q' })],
  ['writeFile', file('x', { signal: 1 })],
];

/** Node finds a bad `bufferSize` only when the directory is open, and throws to nobody then. */
const isOnlySync = (name: string, args: Args): boolean => name === 'opendir' && typeof args === 'function';

const CASES: readonly (readonly [name: string, args: Args])[] = [
  ...PATH_CALLS.flatMap((name) => NO_PATHS.map((path) => [name, [path, ...(REST[name] ?? [])]] as const)),
  ...TWO_PATH_CALLS.flatMap((name) => NO_PATHS.map((path) => [name, [path, '/x']] as const)),
  ...TWO_PATH_CALLS.flatMap((name) => NO_PATHS.map((path) => [name, ['/missing/x', path]] as const)),
  ...FD_CALLS.flatMap((name) => NO_FDS.map((fd) => [name, [fd, ...(REST[name] ?? [])]] as const)),
  ...['read', 'write'].flatMap((name) => NO_FDS.map((fd) => [name, [fd, Buffer.alloc(4), 0, 4, 0]] as const)),
  ...['readv', 'writev'].flatMap((name) => NO_FDS.map((fd) => [name, [fd, [Buffer.alloc(4)]]] as const)),
  ...NO_PATHS.filter((path) => path !== 5).flatMap((path) => [
    ['readFile', [path]] as const,
    ['writeFile', [path, 'x']] as const,
    ['appendFile', [path, 'x']] as const,
    ['truncate', [path]] as const,
  ]),
  ...OTHERS,
];

describe("bad arguments are refused in Node's words", () => {
  let twins: Twins;
  beforeAll(() => {
    twins = makeTwins();
  });
  afterAll(() => twins.remove());
  const argsOf = (args: Args) => (side: Side) => (typeof args === 'function' ? args(side) : args);
  const inPromises = (name: string): boolean => name in twins.node.fs.promises;

  test.each(CASES.map(([name, args], index) => ({ name, args, index })))(
    '$name, case $index',
    async ({ name, args }) => {
      const given = argsOf(args);
      const told = (side: Side) => callSync(side, name, given);
      expectEqual(told(twins.ours), told(twins.node));
      if (isOnlySync(name, args)) return;
      expectEqual(await callBack(twins.ours, name, given), await callBack(twins.node, name, given));
      if (inPromises(name)) {
        expectEqual(await callPromise(twins.ours, name, given), await callPromise(twins.node, name, given));
      }
    },
  );
});
