import fc from 'fast-check';
import { treePath } from '../../../../src/contract/tree-path.js';
import { PathTree } from '../../../../src/kernel/content/journal/path-tree.js';

const path = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), path, value: fc.nat() }),
  fc.record({ do: fc.constant('remove' as const), path }),
  fc
    .record({ do: fc.constant('move' as const), path, to: path })
    .filter(({ path: from, to }) => !to.startsWith(`${from}/`)),
);

const isAtOrBelow = (path: string, top: string): boolean => path === top || path.startsWith(`${top}/`);

function below(model: ReadonlyMap<string, number>, top: string): [string, number][] {
  return [...model].filter(([path]) => isAtOrBelow(path, top));
}

test('says what a plain map says', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const tree = new PathTree<number>();
      const model = new Map<string, number>();
      for (const taken of steps) {
        const { path } = taken;
        if (taken.do === 'set') {
          tree.set(treePath(path), taken.value);
          model.set(path, taken.value);
        } else if (taken.do === 'remove') {
          const gone = below(model, path);
          expect(tree.remove(treePath(path)).sort()).toEqual(gone.map(([, value]) => value).sort());
          for (const [key] of gone) model.delete(key);
        } else if (path !== taken.to) {
          const moved = below(model, path);
          for (const [key] of moved) model.delete(key);
          const gone = below(model, taken.to);
          for (const [key] of gone) model.delete(key);
          expect(tree.move(treePath(path), treePath(taken.to)).sort()).toEqual(
            gone.map(([, value]) => value).sort(),
          );
          for (const [key, value] of moved) model.set(taken.to + key.slice(path.length), value);
        }
        expect(new Map(tree.entries())).toEqual(new Map([...model]));
        for (const key of ['a', 'a/b', 'c/c/c']) {
          expect(tree.get(treePath(key))).toBe(model.get(key) ?? null);
          expect(tree.holds(treePath(key))).toBe(below(model, key).length > 0);
        }
      }
    }),
  );
});

test('the root holds everything', () => {
  const tree = new PathTree<number>();
  tree.set(treePath(''), 1);
  tree.set(treePath('a/b'), 2);
  expect(tree.get(treePath(''))).toBe(1);
  expect(tree.remove(treePath('')).sort()).toEqual([1, 2]);
  expect([...tree.entries()]).toEqual([]);
  tree.set(treePath('a'), 3);
  expect([...tree.entries()]).toEqual([['a', 3]]);
});

test('nothing moves below itself', () => {
  const tree = new PathTree<number>();
  expect(() => tree.move(treePath('a'), treePath('a/b'))).toThrow('below itself');
});
