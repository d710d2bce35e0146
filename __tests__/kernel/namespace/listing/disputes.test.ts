import { Disputes } from '../../../../src/kernel/namespace/listing/disputes.js';
import type { Moment } from '../../../../src/kernel/timeline.js';

const TTL = 100;
const clock = { now: 0 };
const answer = (epoch: number): Moment => ({ epoch, arrived: epoch, at: clock.now });

/** Newer content that was seen at 0, by what was asked for at epoch 1. */
const seen = (seenAt: number) => ({ seenAt, seenEpoch: 1 });

let disputes: Disputes;
beforeEach(() => {
  clock.now = 0;
  disputes = new Disputes({ now: () => clock.now, ttl: TTL });
});

test('newer content stays while the answer that told of it is believed', () => {
  clock.now = TTL - 1;
  expect(disputes.isKept('a', seen(0), answer(2))).toBe(true);
});

test('then the older content counts, however often the name was seen in between', () => {
  expect(disputes.isKept('a', seen(0), answer(2))).toBe(true);
  clock.now = TTL;
  expect(disputes.isKept('a', seen(clock.now - 1), answer(3))).toBe(false);
});

test('of two parts of one answer the newer content counts, whatever its age', () => {
  clock.now = 10 * TTL;
  expect(disputes.isKept('a', seen(0), answer(1))).toBe(true);
});

test('a dispute ends where answers agree: the next one has all its time', () => {
  expect(disputes.isKept('a', seen(0), answer(2))).toBe(true);
  disputes.end('a');
  clock.now = TTL;
  expect(disputes.isKept('a', seen(clock.now - 1), answer(3))).toBe(true);
});
