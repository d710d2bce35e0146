import { NegativeEntries } from '../../../src/kernel/namespace/negatives.js';
import { NEVER } from '../../../src/kernel/timeline.js';

let negatives: NegativeEntries;
const known = (): string[] => ['e', 'e/p', 'e/p/r', 'e/pp'].filter((path) => negatives.get(path));
beforeEach(() => {
  negatives = new NegativeEntries();
  for (const path of ['e', 'e/p', 'e/p/r', 'e/pp']) negatives.set(path, NEVER);
  negatives.alike.set('e/p/r', { said: null, moment: NEVER });
});

test('something in a unit ends one entry', () => {
  negatives.forget('e/p', false);
  expect(known()).toEqual(['e', 'e/p/r', 'e/pp']);
});

test('a directory above units ends the entries of all that is below it', () => {
  negatives.forget('e/p', true);
  expect(known()).toEqual(['e', 'e/pp']);
});

test('what may have been meant by a name is forgotten with all that is at or below a change', () => {
  negatives.forget('e/p/r/f', false);
  expect(negatives.alike.has('e/p/r')).toBe(true);
  negatives.forget('e/p', false);
  expect(negatives.alike.has('e/p/r')).toBe(false);
});
