import { join } from 'node:path';
import { makeTwins, type Side, type Twins, tell } from './support/twins.js';

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

type Heard = (...values: unknown[]) => void;
type ArgsOf = (side: Side & { readonly fd: number }, first: Heard, second: Heard) => readonly unknown[];

const at =
  (name: string, ...between: readonly unknown[]): ArgsOf =>
  ({ base }, first, second) => [join(base, name), ...between, first, second];

const bytes = (): Buffer => Buffer.from('abcd');

/** Calls with two functions, of which one is the callback. */
const CALLS: readonly (readonly [name: string, args: ArgsOf])[] = [
  ['access', at('file')],
  ['appendFile', at('file', 'x')],
  ['copyFile', ({ base }, first, second) => [join(base, 'file'), join(base, 'new'), first, second]],
  ['cp', ({ base }, first, second) => [join(base, 'file'), join(base, 'new'), first, second]],
  ['fstat', ({ fd }, first, second) => [fd, first, second]],
  ['ftruncate', ({ fd }, first, second) => [fd, first, second]],
  ['lstat', at('file')],
  ['mkdir', at('new')],
  ['mkdtemp', at('new')],
  ['open', at('file')],
  ['opendir', at('dir')],
  ['read', ({ fd }, first, second) => [fd, bytes(), 0, 4, first, second]],
  ['read', ({ fd }, first) => [fd, bytes(), 0, 4, first]],
  ['read', ({ fd }, first, second) => [fd, bytes(), first, second]],
  ['read', ({ fd }, first) => [fd, bytes(), first]],
  ['read', ({ fd }, first) => [fd, first]],
  ['readFile', at('file')],
  ['readdir', at('dir')],
  ['readv', ({ fd }, first, second) => [fd, [bytes()], first, second]],
  ['realpath', at('file')],
  ['rm', at('file')],
  ['rmdir', at('dir/sub')],
  ['stat', at('file')],
  ['statfs', at('file')],
  ['truncate', at('file')],
  ['write', ({ fd }, first, second) => [fd, bytes(), first, second]],
  ['write', ({ fd }, first, second) => [fd, bytes(), 0, first, second]],
  ['write', ({ fd }, first, second) => [fd, bytes(), 0, 2, first, second]],
  ['write', ({ fd }, first, second) => [fd, 'text', first, second]],
  ['write', ({ fd }, first, second) => [fd, 'text', 0, first, second]],
  ['writeFile', at('file', 'x')],
  ['writev', ({ fd }, first, second) => [fd, [bytes()], first, second]],
];

/** Who is called, or how the call is refused. */
async function heardBy(side: Side, name: string, args: ArgsOf): Promise<unknown> {
  const fd = side.fs.openSync(join(side.base, 'dir/inner.txt'), 'r+');
  try {
    return await new Promise((resolve) => {
      const heard =
        (who: string): Heard =>
        (error) =>
          resolve({ who, error: error ? tell(error, side.base) : null });
      try {
        const given = args({ ...side, fd }, heard('first'), heard('second'));
        Reflect.apply(Reflect.get(side.fs, name), side.fs, given);
      } catch (error) {
        resolve({ who: 'nobody', error: tell(error, side.base) });
      }
    });
  } finally {
    side.fs.closeSync(fd);
  }
}

test.each(CALLS.map(([name, args], index) => ({ name, args, index })))(
  '$name calls back whom Node’s calls back, case $index',
  async ({ name, args }) => {
    expect(await heardBy(twins.ours, name, args)).toEqual(await heardBy(twins.node, name, args));
  },
);
