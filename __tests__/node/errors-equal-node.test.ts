import { join } from 'node:path';
import {
  type ArgsOf,
  callBack,
  callPromise,
  callSync,
  makeTwins,
  type Side,
  type Twins,
} from './support/twins.js';

const at =
  (...names: readonly string[]): ArgsOf =>
  ({ base }: Side) =>
    names.map((name) => join(base, name));

/** One row a mistake: the call, its arguments, and in which styles Node itself tells it in the same way. */
const MISTAKES: readonly (readonly [title: string, name: string, args: ArgsOf, only?: readonly Style[]])[] = [
  ['access of what is missing', 'access', at('missing')],
  ['appendFile below a file', 'appendFile', ({ base }) => [join(base, 'file/x'), 'data']],
  ['appendFile to a directory', 'appendFile', ({ base }) => [join(base, 'dir'), 'data']],
  ['chmod of what is missing', 'chmod', ({ base }) => [join(base, 'missing'), 0o644]],
  ['chown of what is missing', 'chown', ({ base }) => [join(base, 'missing'), 0, 0]],
  ['copyFile of what is missing', 'copyFile', at('missing', 'copy')],
  ['copyFile of a directory', 'copyFile', at('dir', 'copy')],
  ['copyFile over a directory', 'copyFile', at('file', 'dir')],
  ['copyFile into a missing directory', 'copyFile', at('file', 'missing/copy')],
  [
    'copyFile with COPYFILE_EXCL over a file',
    'copyFile',
    ({ base }) => [join(base, 'file'), join(base, 'empty'), 1],
  ],
  ['cp of what is missing', 'cp', at('missing', 'copy')],
  // Node's sync one says EINVAL in its errno and EISDIR everywhere else.
  ['cp of a directory without recursive', 'cp', at('dir', 'copy'), ['callback', 'promise']],
  ['cp of a file to itself', 'cp', at('file', 'file')],
  ['cp of a file over a directory', 'cp', at('file', 'dir')],
  [
    'cp of a directory over a file',
    'cp',
    ({ base }) => [join(base, 'dir'), join(base, 'file'), { recursive: true }],
  ],
  [
    'cp of a directory into itself',
    'cp',
    ({ base }) => [join(base, 'dir'), join(base, 'dir/sub/x'), { recursive: true }],
  ],
  [
    'cp with errorOnExist over a file',
    'cp',
    ({ base }) => [join(base, 'file'), join(base, 'empty'), { errorOnExist: true, force: false }],
  ],
  ['lchown of what is missing', 'lchown', ({ base }) => [join(base, 'missing'), 0, 0]],
  ['link of what is missing', 'link', at('missing', 'link')],
  ['lstat of what is missing', 'lstat', at('missing')],
  ['lutimes of what is missing', 'lutimes', ({ base }) => [join(base, 'missing'), 1, 2]],
  ['mkdir over a file', 'mkdir', at('file')],
  ['mkdir below a missing directory', 'mkdir', at('missing/x')],
  ['mkdir below a file', 'mkdir', at('file/x')],
  ['recursive mkdir over a file', 'mkdir', ({ base }) => [join(base, 'file'), { recursive: true }]],
  ['recursive mkdir below a file', 'mkdir', ({ base }) => [join(base, 'file/x/y'), { recursive: true }]],
  // Node's others name the random letters that they tried.
  ['mkdtemp below a missing directory', 'mkdtemp', at('missing/x'), ['sync']],
  ['open of what is missing', 'open', at('missing')],
  ['open of a directory for writing', 'open', ({ base }) => [join(base, 'dir'), 'w']],
  ['open with wx of what exists', 'open', ({ base }) => [join(base, 'file'), 'wx']],
  ['open of a file with a trailing slash', 'open', ({ base }) => [`${base}/file/`]],
  ['opendir of what is missing', 'opendir', at('missing'), ['callback', 'promise']],
  ['opendir of a file', 'opendir', at('file'), ['callback', 'promise']],
  ['readFile of what is missing', 'readFile', at('missing')],
  ['readFile of a directory', 'readFile', at('dir')],
  ['readFile below a file', 'readFile', at('file/x')],
  ['readdir of what is missing', 'readdir', at('missing')],
  ['readdir of a file', 'readdir', at('file')],
  ['readdir of a file with types', 'readdir', ({ base }) => [join(base, 'file'), { withFileTypes: true }]],
  ['readlink of a file', 'readlink', at('file')],
  ['readlink of what is missing', 'readlink', at('missing')],
  ['realpath of what is missing', 'realpath', at('missing')],
  ['rename of what is missing', 'rename', at('missing', 'renamed')],
  ['rename of a directory over a file', 'rename', at('dir', 'file')],
  ['rename of a directory into itself', 'rename', at('dir', 'dir/sub/x')],
  ['rm of what is missing', 'rm', at('missing')],
  ['rm of a directory without recursive', 'rm', at('dir')],
  [
    'rm of what is below a file',
    'rm',
    ({ base }) => [join(base, 'file/x'), { recursive: true, force: true }],
  ],
  ['rmdir of a file', 'rmdir', at('file')],
  ['rmdir of a full directory', 'rmdir', at('dir')],
  ['rmdir of what is missing', 'rmdir', at('missing')],
  ['stat of what is missing', 'stat', at('missing')],
  ['stat of an empty path', 'stat', () => ['']],
  ['stat below a file', 'stat', at('file/x')],
  ['stat by a Buffer', 'stat', ({ base }) => [Buffer.from(join(base, 'missing'))]],
  ['stat by a file: URL', 'stat', ({ base }) => [new URL(`file://${base}/missing`)]],
  [
    'stat with throwIfNoEntry below a file',
    'stat',
    ({ base }) => [join(base, 'file/x'), { throwIfNoEntry: false }],
    ['sync'],
  ],
  ['symlink over a file', 'symlink', ({ base }) => ['target', join(base, 'file')]],
  ['truncate of what is missing', 'truncate', at('missing')],
  ['truncate of a directory', 'truncate', at('dir')],
  ['unlink of what is missing', 'unlink', at('missing')],
  ['unlink of a directory', 'unlink', at('dir')],
  ['utimes of what is missing', 'utimes', ({ base }) => [join(base, 'missing'), 1, 2]],
  [
    'writeFile of nothing to what is only read',
    'writeFile',
    ({ base }) => [join(base, 'empty'), '', { flag: 'r' }],
  ],
  ['writeFile to a directory', 'writeFile', ({ base }) => [join(base, 'dir'), 'x']],
  ['writeFile below a missing directory', 'writeFile', ({ base }) => [join(base, 'missing/x'), 'x']],
];

/** An fd that no process has open. */
const CLOSED = 1_000_000;

const CLOSED_FD: readonly (readonly [name: string, args: readonly unknown[]])[] = [
  ['appendFile', [CLOSED, 'x']],
  ['close', [CLOSED]],
  ['fchmod', [CLOSED, 0o644]],
  ['fchown', [CLOSED, 0, 0]],
  ['fdatasync', [CLOSED]],
  ['fstat', [CLOSED]],
  ['fsync', [CLOSED]],
  ['ftruncate', [CLOSED, 3]],
  ['futimes', [CLOSED, 1, 2]],
  ['read', [CLOSED, Buffer.alloc(3), 0, 3, 0]],
  ['readv', [CLOSED, [Buffer.alloc(3)]]],
  ['readFile', [CLOSED]],
  ['write', [CLOSED, 'x']],
  ['write', [CLOSED, Buffer.from('x')]],
  ['writev', [CLOSED, [Buffer.from('x')]]],
  ['writeFile', [CLOSED, 'x']],
];

type Style = 'sync' | 'callback' | 'promise';
const EVERY_STYLE: readonly Style[] = ['sync', 'callback', 'promise'];

describe("a mistake is told as Node's own fs tells it", () => {
  let twins: Twins;
  beforeAll(() => {
    twins = makeTwins();
  });
  afterAll(() => twins.remove());

  for (const [title, name, args, styles = EVERY_STYLE] of MISTAKES) {
    describe(title, () => {
      if (styles.includes('sync')) {
        test('thrown', () => {
          expect(callSync(twins.ours, name, args)).toEqual(callSync(twins.node, name, args));
        });
      }
      if (styles.includes('callback')) {
        test('called back', async () => {
          expect(await callBack(twins.ours, name, args)).toEqual(await callBack(twins.node, name, args));
        });
      }
      if (styles.includes('promise')) {
        test('rejected', async () => {
          expect(await callPromise(twins.ours, name, args)).toEqual(
            await callPromise(twins.node, name, args),
          );
        });
      }
    });
  }

  test.each(CLOSED_FD)('%s of a closed fd, thrown', (name, args) => {
    expect(callSync(twins.ours, name, () => args)).toEqual(callSync(twins.node, name, () => args));
  });

  // Node's own callback readFile of a closed fd fails with a TypeError about a list.
  test.each(CLOSED_FD.filter(([name]) => name !== 'readFile'))(
    '%s of a closed fd, called back',
    async (name, args) => {
      expect(await callBack(twins.ours, name, () => args)).toEqual(
        await callBack(twins.node, name, () => args),
      );
    },
  );
});
