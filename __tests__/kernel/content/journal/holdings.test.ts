import fc from 'fast-check';
import { treePath } from '../../../../src/contract/tree-path.js';
import { Holdings } from '../../../../src/kernel/content/journal/holdings.js';
import { expectEqual } from '../../../helpers/equal.js';

const path = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));
const step = fc.oneof(
  fc.record({ do: fc.constant('put' as const), path, bytes: fc.nat() }),
  fc.record({ do: fc.constant('remove' as const), path }),
  fc
    .record({ do: fc.constant('rename' as const), path, to: path })
    .filter(({ path: from, to }) => !to.startsWith(`${from}/`)),
);

const isAtOrBelow = (path: string, top: string): boolean => path === top || path.startsWith(`${top}/`);

function below(model: ReadonlyMap<string, number>, top: string): [string, number][] {
  return [...model].filter(([path]) => isAtOrBelow(path, top));
}

const put = (holdings: Holdings, path: string, bytes: number): void =>
  holdings.apply({ op: 'put', path: treePath(path), record: { kind: 'draft' }, at: 0 }, bytes);

const sizesOf = (holdings: Holdings): Map<string, number> =>
  new Map(Array.from(holdings.entries(), ([path, { bytes }]) => [path, bytes]));

test('say what a plain map says', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const holdings = new Holdings();
      const model = new Map<string, number>();
      for (const taken of steps) {
        const { path } = taken;
        if (taken.do === 'put') {
          put(holdings, path, taken.bytes);
          model.set(path, taken.bytes);
        } else if (taken.do === 'remove') {
          holdings.apply({ op: 'remove', path: treePath(path) }, 0);
          for (const [key] of below(model, path)) model.delete(key);
        } else {
          const moved = below(model, path);
          for (const [key] of moved) model.delete(key);
          for (const [key] of below(model, taken.to)) model.delete(key);
          holdings.apply({ op: 'rename', from: treePath(path), to: treePath(taken.to) }, 0);
          for (const [key, bytes] of moved) model.set(taken.to + key.slice(path.length), bytes);
        }
        expectEqual(sizesOf(holdings), model);
        expectEqual(holdings.count, model.size);
        expectEqual(
          holdings.bytes,
          [...model.values()].reduce((sum, bytes) => sum + bytes, 0),
        );
        for (const key of ['a', 'a/b', 'c/c/c']) {
          expectEqual(holdings.get(treePath(key))?.bytes, model.get(key));
          expectEqual(holdings.holds(treePath(key)), below(model, key).length > 0);
        }
      }
    }),
  );
});

test('the root holds everything', () => {
  const holdings = new Holdings();
  put(holdings, '', 1);
  put(holdings, 'a/b', 2);
  expect(holdings.get(treePath(''))?.bytes).toBe(1);
  holdings.apply({ op: 'remove', path: treePath('') }, 0);
  expect(sizesOf(holdings)).toEqual(new Map());
  expect(holdings.bytes).toBe(0);
  put(holdings, 'a', 3);
  expect(sizesOf(holdings)).toEqual(new Map([['a', 3]]));
});
