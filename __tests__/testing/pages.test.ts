import { BY_NUMBER, Pages } from '../../src/testing/server/connections.js';
import type { FileRow } from '../../src/testing/world/records.js';
import { RunFiles } from '../../src/testing/world/run-files.js';

const MANY = 100_000;

const numbers = (rows: { readonly edges: readonly { readonly node: number }[] }): number[] =>
  rows.edges.map((edge) => edge.node);

test('a page costs what it shows, not what the list has', () => {
  let looked = 0;
  const sorting = {
    keyOf: (row: { readonly number: number }) => {
      looked++;
      return BY_NUMBER.keyOf(row);
    },
  };
  const rows = Array.from({ length: MANY }, (_, number) => ({ number }));
  const pages = new Pages(10);
  const page = (after: string | null, first = 10) =>
    pages.ordered(rows, sorting, (row) => row.number, { first, after });
  const middle = page(page(null).pageInfo.endCursor);
  expect(numbers(middle)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(looked).toBeLessThan(60);
});

test('pages go backward from a cursor, and end at the other one', () => {
  const rows = Array.from({ length: 9 }, (_, number) => ({ number }));
  const pages = new Pages(10);
  const cut = (page: Parameters<Pages['ordered']>[3]) =>
    pages.ordered(rows, BY_NUMBER, (row) => row.number, page);
  const [, second = '', , fourth = ''] = cut({}).edges.map((edge) => edge.cursor);
  expect(numbers(cut({ before: fourth, last: 2 }))).toEqual([1, 2]);
  expect(numbers(cut({ after: second, before: fourth }))).toEqual([2]);
  expect(numbers(cut({ after: fourth, before: second }))).toEqual([]);
  expect(cut({ before: fourth }).pageInfo).toMatchObject({ hasPreviousPage: false, hasNextPage: true });
});

test('the order of the files of a run is made anew when one comes or goes, and not before', () => {
  const files = new RunFiles();
  const row = (number: number): FileRow => ({ number }) as FileRow;
  files.set('a', row(1)).set('b', row(2));
  const both = files.inOrder();
  expect(files.inOrder()).toBe(both);
  files.delete('a');
  files.set('c', row(3));
  expect(files.inOrder().map(({ number }) => number)).toEqual([2, 3]);
});
