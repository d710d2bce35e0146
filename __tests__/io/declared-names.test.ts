import { treePath } from '../../src/contract/tree-path.js';
import { DeclaredNames } from '../../src/io/upload/declared-names.js';

const nameOf = (index: number) => treePath(`e/p/r/f${index}`);

test('names that were declared are known for ever, in bounded memory', () => {
  const declared = new DeclaredNames([nameOf(0)], 100);
  for (let index = 1; index < 10_000; index++) declared.add(nameOf(index));
  expect(declared.remembered).toBe(100);
  for (let index = 0; index < 10_000; index++) expect(declared.has(nameOf(index))).toBe(true);
});

test('a name that was removed is none of them, nor is one that never was', () => {
  const declared = new DeclaredNames([], 100);
  for (let index = 0; index < 50; index++) declared.add(nameOf(index));
  declared.delete(nameOf(7));
  expect([declared.has(nameOf(7)), declared.has(nameOf(8)), declared.has(nameOf(50))]).toEqual([
    false,
    true,
    false,
  ]);
});

test('few are taken for declared that never were, where many were', () => {
  const declared = new DeclaredNames([], 100);
  for (let index = 0; index < 20_000; index++) declared.add(nameOf(index));
  let mistaken = 0;
  for (let index = 20_000; index < 40_000; index++) if (declared.has(nameOf(index))) mistaken++;
  expect(mistaken).toBeLessThan(200);
});
