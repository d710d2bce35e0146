import * as fc from 'fast-check';
import { columnsOf } from '../../src/cli/output/table.js';
import { barLine } from '../../src/cli/transfers/view/bar-line.js';

const MIB = 1024 * 1024;
const half = { label: 'model.bin', seconds: 10, value: 50 * MIB, total: 100 * MIB };

test.each([
  [100, `[${'#'.repeat(15)}${'-'.repeat(15)}]  50% 50M/100M 5.0M/s 00:10 model.bin`],
  [50, `[${'#'.repeat(5)}${'-'.repeat(5)}]  50% 50M/100M 5.0M/s 00:10 model.bin`],
  [40, ' 50% 50M/100M 5.0M/s 00:10 model.bin'],
  [20, ' 50% model.bin'],
])('in %i columns: %s', (columns, line) => {
  const shown = barLine(half, columns);
  expect(shown).toBe(line);
  expect(columnsOf(shown)).toBeLessThan(columns);
});

test('what is not known yet is not made up', () => {
  expect(barLine({ ...half, value: 0, seconds: 0 }, 100)).toContain('  0% 0/100M 0/s --:--');
  expect(barLine({ ...half, value: 0, total: 0 }, 100)).toContain('100% 0/0');
});

test('it never goes past the last column, whatever it tells', () => {
  const line = fc.record({
    label: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    seconds: fc.nat(1e6),
    value: fc.nat(2 ** 40),
    total: fc.nat(2 ** 40),
  });
  fc.assert(
    fc.property(line, fc.integer({ min: 10, max: 200 }), (shown, columns) => {
      expect(columnsOf(barLine(shown, columns))).toBeLessThan(columns);
    }),
  );
});
