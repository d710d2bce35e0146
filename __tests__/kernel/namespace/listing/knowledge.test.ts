import { Knowledge } from '../../../../src/kernel/namespace/listing/knowledge.js';
import { type Moment, NEVER } from '../../../../src/kernel/timeline.js';

const moment = (epoch: number): Moment => ({ epoch, arrived: epoch, at: epoch });

test('what was asked for before a complete listing says nothing of any name', () => {
  const known = new Knowledge(false);
  known.noteListing(moment(5), true);
  expect(known.isOutdated('a', 4)).toBe(true);
  expect(known.isOutdated('a', 5)).toBe(false);
  expect(known.isComplete).toBe(true);
});

test('a first page outdates nothing, and makes the scope a large one', () => {
  const known = new Knowledge(false);
  known.noteListing(moment(5), false);
  expect(known.isOutdated('a', 4)).toBe(false);
  expect({ isComplete: known.isComplete, isLarge: known.isLarge }).toEqual({
    isComplete: false,
    isLarge: true,
  });
});

test('a look-up outdates what was asked for before of its own name alone', () => {
  const known = new Knowledge(false);
  known.noteLookup('a', moment(5));
  expect(known.isOutdated('a', 4)).toBe(true);
  expect(known.isOutdated('b', 4)).toBe(false);
});

test('an answer that comes late takes no look-up back', () => {
  const known = new Knowledge(false);
  known.noteLookup('a', moment(5));
  known.noteLookup('a', moment(3));
  expect(known.lookupOf('a')).toEqual(moment(5));
});

test('a complete listing takes the place of the look-ups before it, and counts them anew', () => {
  const known = new Knowledge(false);
  known.noteLookup('a', moment(3));
  known.noteLookup('b', moment(7));
  known.lookups = 2;
  known.noteListing(moment(5), true);
  expect([known.lookupOf('a'), known.lookupOf('b'), known.lookups]).toEqual([NEVER, moment(7), 0]);
});

test('where listings never show all, look-ups outlive them and older answers are heard', () => {
  const known = new Knowledge(true);
  known.noteLookup('a', moment(3));
  known.noteListing(moment(5), true);
  expect(known.lookupOf('a')).toEqual(moment(3));
  expect(known.isOutdated('b', 4)).toBe(false);
});

test('nothing counts that was learned or asked for up to when it expired', () => {
  const known = new Knowledge(false);
  known.noteListing(moment(5), true);
  known.expire(6);
  expect(known.isComplete).toBe(false);
  expect(known.listed.at).toBe(Number.NEGATIVE_INFINITY);
  expect([6, 7].map((epoch) => known.isExpired({ epoch }))).toEqual([true, false]);
});

test('single names are remembered up to a bound, the newest of them', () => {
  const known = new Knowledge(false);
  for (let name = 1; name <= 5000; name++) known.noteLookup(String(name), moment(name));
  expect(known.lookupOf('1')).toBe(NEVER);
  expect(known.lookupOf('5000')).toEqual(moment(5000));
  expect(known.lookupOf(String(5000 - 4095))).not.toBe(NEVER);
});
