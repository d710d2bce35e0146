import { treePath } from '../../../src/contract/tree-path.js';
import { NegativeEntries } from '../../../src/kernel/namespace/negatives.js';
import { NEVER } from '../../../src/kernel/timeline.js';

let negatives: NegativeEntries;
const known = (): string[] => ['e', 'e/p', 'e/p/r', 'e/pp'].filter((path) => negatives.get(treePath(path)));
beforeEach(() => {
  negatives = new NegativeEntries();
  for (const path of ['e', 'e/p', 'e/p/r', 'e/pp']) negatives.set(treePath(path), NEVER);
  negatives.alike.set(treePath('e/p/r'), { said: null, moment: NEVER });
});

test('something in a unit ends one entry', () => {
  negatives.forget(treePath('e/p'), false);
  expect(known()).toEqual(['e', 'e/p/r', 'e/pp']);
});

test('a directory above units ends the entries of all that is below it', () => {
  negatives.forget(treePath('e/p'), true);
  expect(known()).toEqual(['e', 'e/pp']);
});

test('what may have been meant by a name is forgotten with all that is at or below a change', () => {
  negatives.forget(treePath('e/p/r/f'), false);
  expect(negatives.alike.has(treePath('e/p/r'))).toBe(true);
  negatives.forget(treePath('e/p'), false);
  expect(negatives.alike.has(treePath('e/p/r'))).toBe(false);
});
