import { ABSENT, Pins, SETTLE_MS } from '../../../../src/kernel/namespace/listing/pins.js';

const timeline = { time: 0, oldestQuestion: Number.POSITIVE_INFINITY, now: () => timeline.time };

let changed: Set<Pins>;
let pins: Pins;
beforeEach(() => {
  timeline.time = 0;
  timeline.oldestQuestion = Number.POSITIVE_INFINITY;
  changed = new Set();
  pins = new Pins(timeline, changed);
  pins.set('a', 'new', 5, ['old']);
});

test('what was asked for before the change is outdated, whatever it says', () => {
  expect(['old', 'new', 'other'].map((version) => pins.outdates('a', version, 4))).toEqual([
    true,
    true,
    true,
  ]);
});

test('a later answer that lags behind the change is outdated until listings have settled', () => {
  expect(pins.outdates('a', 'old', 6)).toBe(true);
  timeline.time = SETTLE_MS;
  expect(pins.outdates('a', 'old', 6)).toBe(false);
  expect(pins.size).toBe(0);
});

test('one that agrees ends the pin, as one that tells something newer does', () => {
  expect(pins.outdates('a', 'new', 6)).toBe(false);
  expect(pins.size).toBe(0);
  pins.set('a', 'new', 5, ['old']);
  expect(pins.outdates('a', 'newer', 6)).toBe(false);
  expect(pins.size).toBe(0);
});

test('one that agrees ends nothing while another one is on its way', () => {
  timeline.oldestQuestion = 3;
  expect(pins.outdates('a', 'new', 6)).toBe(false);
  expect(pins.size).toBe(1);
});

test('all states before a row of changes are stale', () => {
  pins.set('a', 'newest', 7, ['new']);
  expect(['old', 'new'].map((version) => pins.outdates('a', version, 8))).toEqual([true, true]);
});

test('a removal ends with a complete listing that does not show the name', () => {
  pins.set('gone', ABSENT, 6, ['old']);
  pins.dropRemoved((name) => name === 'gone', 7);
  expect(pins.size).toBe(2);
  pins.dropRemoved(() => false, 7);
  expect(pins.get('gone')).toBeUndefined();
});

test('what has settled goes with a change in another directory, and nothing before', () => {
  const others = new Pins(timeline, changed);
  timeline.time = SETTLE_MS - 1;
  others.set('b', 'new', 6, []);
  expect([pins.size, others.size]).toEqual([1, 1]);
  timeline.time = SETTLE_MS;
  others.set('c', 'new', 7, []);
  expect([pins.size, others.size]).toEqual([0, 2]);
});
