import fc from 'fast-check';
import { readRange } from '../../src/serve/ranges.js';

const DIGITS = '0123456789';

/** The bytes as a plain array has them. */
function bytesOf(header: string, size: number): readonly number[] {
  const all = Array.from({ length: size }, (_, at) => at);
  const range = readRange(header, size);
  if (range === 'unsatisfiable') return [];
  return range === null ? all : all.slice(range.start, range.end + 1);
}

const size = fc.nat({ max: 40 });

describe('a range', () => {
  it('from one byte to another holds both, as far as the file goes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), fc.nat({ max: 50 }), size, (start, length, total) => {
        const all = Array.from({ length: total }, (_, at) => at);
        expect(bytesOf(`bytes=${start}-${start + length}`, total)).toEqual(
          all.filter((at) => at >= start && at <= start + length),
        );
        expect(bytesOf(`bytes=${start}-`, total)).toEqual(all.filter((at) => at >= start));
      }),
    );
  });

  it('of the last bytes holds so many, or all', () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), size, (count, total) => {
        const all = Array.from({ length: total }, (_, at) => at);
        expect(bytesOf(`bytes=-${count}`, total)).toEqual(count === 0 ? [] : all.slice(-count));
      }),
    );
  });

  it.each(['', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,3-4', `items=${DIGITS}-`, 'bytes=a-b'])(
    'that reads %p is answered by the whole file',
    (header) => expect(readRange(header, 10)).toBeNull(),
  );
});
