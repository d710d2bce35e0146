import { escaped } from '../../src/cli/output/names.js';
import { humanSize } from '../../src/cli/output/sizes.js';
import { columnsOf, cut, grid, table } from '../../src/cli/output/table.js';

test.each([
  [0, '0'],
  [1023, '1023'],
  [1024, '1.0K'],
  [1025, '1.1K'],
  [10_240, '10K'],
  [1_048_575, '1.0M'],
  [1_572_864, '1.5M'],
  [5 * 1024 ** 4, '5.0T'],
])('%d bytes are %s, as coreutils writes them', (bytes, text) => {
  expect(humanSize(bytes)).toBe(text);
});

test('names are told to a terminal without what would move its cursor or turn its text', () => {
  expect(escaped('a\nb\t\u001b[2J\u202etxt.exe')).toBe('a\\nb\\t\\x1b[2J\\u202etxt.exe');
  expect(escaped('grün 日本 🌸')).toBe('grün 日本 🌸');
});

test('letters of East Asia and emoji take two columns', () => {
  expect(columnsOf('日本')).toBe(4);
  expect(
    table(
      [
        ['日本', 'a'],
        ['b', 'c'],
      ],
      ['left', 'left'],
      80,
    ),
  ).toEqual(['日本  a', 'b     c']);
  expect(cut('日本語の名前', 7)).toBe('日本語…');
});

test('a table is cut to the terminal, and whole in a pipe', () => {
  const rows = [['1', 'a long name that goes on']];
  expect(table(rows, ['right', 'left'], 12).map(columnsOf)).toEqual([12]);
  expect(table(rows, ['right', 'left'], Number.POSITIVE_INFINITY)).toEqual(['1  a long name that goes on']);
});

test('names stand side by side on a terminal, down the columns', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  expect(grid(names, 8)).toEqual(['a  c  e', 'b  d']);
  expect(grid(names, 2)).toEqual(names);
  expect(grid(names, Number.POSITIVE_INFINITY)).toEqual(names);
});
