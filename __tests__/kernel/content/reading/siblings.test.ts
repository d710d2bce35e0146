import { filesAfter } from '../../../../src/kernel/content/reading/siblings.js';
import { Inode } from '../../../../src/kernel/namespace/inode.js';

/** A unit of these files, in the order in which they are given. */
function unitOf(paths: readonly string[]): Inode {
  const unit = new Inode('directory', null);
  unit.attach(new Inode('directory', null), 'unit');
  for (const path of paths) {
    const names = path.split('/');
    const file = names.pop() ?? '';
    let directory = unit;
    for (const name of names) {
      const child = directory.children?.get(name) ?? new Inode('directory', null);
      if (!child.parent) child.attach(directory, name);
      directory = child;
    }
    new Inode('file', null).attach(directory, file);
  }
  return unit;
}

function after(unit: Inode, path: string): readonly string[] {
  const file = unit.descendant(path.split('/'));
  if (!file) throw new Error(`there is no ${path}`);
  return [...filesAfter(file, unit)].map((each) => each.path.slice('unit/'.length));
}

test('those behind it, those before it from the nearest on, those below, and then a level up', () => {
  const unit = unitOf(['z', 'a', 'm/3', 'm/1', 'm/2', 'm/below/1', 'c/1', 'p/1', 'p/q/1', 'b/1']);
  expect(after(unit, 'm/2')).toEqual([
    ...['m/3', 'm/1', 'm/below/1'],
    ...['p/1', 'p/q/1', 'a', 'z', 'c/1', 'b/1'],
  ]);
});

test('nothing of another unit', () => {
  const unit = unitOf(['a', 'b']);
  new Inode('file', null).attach(unit.parent as Inode, 'beside');
  expect(after(unit, 'a')).toEqual(['b']);
});

test('each once, in order, of more than are put in order at once, whatever order they are in', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `f${1000 + index}`);
  for (const given of [
    names,
    [...names].reverse(),
    [...names].sort((a, b) => ((a.at(-1) ?? '') < (b.at(-1) ?? '') ? -1 : 1)),
  ]) {
    const before = names.slice(0, 500).reverse();
    expect(after(unitOf(given), 'f1500')).toEqual([...names.slice(501), ...before]);
  }
});

test('what is gone when its turn comes is left out', () => {
  const unit = unitOf(['a', 'b', 'c', 'd']);
  const [a, c] = ['a', 'c'].map((name) => unit.children?.get(name)) as [Inode, Inode];
  const order = filesAfter(a, unit);
  expect(order.next().value?.name).toBe('b');
  c.detach();
  expect([...order].map(({ name }) => name)).toEqual(['d']);
});

test('in a directory of a hundred thousand the next few take one look at each', () => {
  const names = Array.from({ length: 100_000 }, (_, index) => `f${100_000 + index}`);
  const unit = unitOf(names);
  let looks = 0;
  const counted = new Map(unit.children);
  Object.defineProperty(unit, 'children', {
    value: {
      get: (name: string) => counted.get(name),
      *[Symbol.iterator]() {
        for (const pair of counted) {
          looks++;
          yield pair;
        }
      },
    },
  });
  const order = filesAfter(counted.get('f150000') as Inode, unit);
  for (let index = 0; index < 100; index++) order.next();
  expect(looks).toBe(100_000);
});
