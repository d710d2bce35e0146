import * as fc from 'fast-check';
import { call, type Style } from '../../semantics/helpers/styles.js';
import {
  at,
  content,
  fdStyle,
  flags,
  name,
  type Operations,
  offset,
  operation,
  position,
  type Side,
} from './program.js';
import { shapeOf, timesOf } from './stats.js';

const slot = fc.integer({ min: 0, max: 3 });

const onOpenWith = <T>(
  what: string,
  chosen: fc.Arbitrary<T>,
  work: (side: Side, how: Style, fd: number, value: T, index: number) => Promise<unknown>,
): fc.Arbitrary<ReturnType<typeof operation>> =>
  fc.tuple(slot, fdStyle, chosen).map(([index, how, value]) => {
    const told = value === undefined ? '' : ` ${fc.stringify(value)}`;
    return operation(`${how} ${what} #${index}${told}`, async (side) => {
      const fd = side.open[index];
      return fd === undefined ? 'not open' : work(side, how, fd, value, index);
    });
  });

const nothing = fc.constant(undefined);
const length = fc.constantFrom(0, 3, 30);

/** The bytes that were read, of all that there was room for. */
const heldBy = (buffers: readonly Buffer[], count: number): string =>
  Buffer.concat(buffers).toString('latin1', 0, count);

export const descriptors: Operations = [
  fc.tuple(name, flags, slot, fdStyle).map(([path, flag, index, how]) =>
    operation(`${how} open ${path} ${flag} as #${index}`, async (side) => {
      if (side.open[index] !== undefined) return 'in use';
      side.open[index] = Number(await call(side.fs, how, 'open', at(side, path), flag));
      return 'open';
    }),
  ),
  onOpenWith('read', position, async (side, how, fd, from) => {
    const bytes = Buffer.alloc(12);
    const count = Number(await call(side.fs, how, 'read', fd, bytes, 0, bytes.length, from));
    return [count, heldBy([bytes], count)];
  }),
  onOpenWith('read bigint', offset, async (side, how, fd, from) => {
    const bytes = Buffer.alloc(12, '.');
    const options = { offset: 2, length: 5, position: BigInt(from) };
    const count = Number(await call(side.fs, how, 'read', fd, bytes, options));
    return [count, bytes.toString('latin1')];
  }),
  onOpenWith('readv', position, async (side, how, fd, from) => {
    const buffers = [Buffer.alloc(3), Buffer.alloc(0), Buffer.alloc(9)];
    const count = Number(await call(side.fs, how, 'readv', fd, buffers, from));
    return [count, heldBy(buffers, count)];
  }),
  onOpenWith('write', fc.tuple(content, position), async (side, how, fd, [text, from]) => {
    const bytes = Buffer.from(text);
    return Number(await call(side.fs, how, 'write', fd, bytes, 0, bytes.length, from));
  }),
  onOpenWith('write text', fc.tuple(content, position), async (side, how, fd, [text, from]) =>
    Number(await call(side.fs, how, 'write', fd, text, from, 'latin1')),
  ),
  onOpenWith('writev', fc.tuple(content, position), async (side, how, fd, [text, from]) =>
    Number(await call(side.fs, how, 'writev', fd, [Buffer.from(text), Buffer.from('|')], from)),
  ),
  onOpenWith('fstat', nothing, async (side, how, fd) => {
    const { mode: _, ...shape } = shapeOf(await call(side.fs, how, 'fstat', fd));
    return shape;
  }),
  onOpenWith('ftruncate', length, (side, how, fd, size) => call(side.fs, how, 'ftruncate', fd, size)),
  // Node's callback twin takes an fd that can't be read for an empty file.
  onOpenWith('readFile of', nothing, async (side, _how, fd) => side.fs.readFileSync(fd, 'utf8')),
  onOpenWith('writeFile to', content, (side, how, fd, text) => call(side.fs, how, 'writeFile', fd, text)),
  onOpenWith('appendFile to', content, (side, how, fd, text) => call(side.fs, how, 'appendFile', fd, text)),
  onOpenWith('futimes', fc.tuple(offset, offset), async (side, how, fd, [atime, mtime]) => {
    await call(side.fs, how, 'futimes', fd, atime, mtime);
    return timesOf(side.fs.fstatSync(fd));
  }),
  onOpenWith('fchmod', fc.constantFrom(0o740, 0o700), async (side, how, fd, mode) => {
    await call(side.fs, how, 'fchmod', fd, mode);
    return shapeOf(side.fs.fstatSync(fd));
  }),
  onOpenWith('fsync', nothing, (side, how, fd) => call(side.fs, how, 'fsync', fd)),
  onOpenWith('fdatasync', nothing, (side, how, fd) => call(side.fs, how, 'fdatasync', fd)),
  onOpenWith('close', nothing, async (side, how, fd, _, index) => {
    side.open[index] = undefined;
    return call(side.fs, how, 'close', fd);
  }),
  onOpenWith('close and use', nothing, async (side, how, fd, _, index) => {
    side.open[index] = undefined;
    side.fs.closeSync(fd);
    return call(side.fs, how, 'fstat', fd);
  }),
];
