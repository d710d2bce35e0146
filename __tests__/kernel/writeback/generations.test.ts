import { Failure } from '../../../src/contract/failure.js';
import { Generations } from '../../../src/kernel/writeback/generations.js';

function changed(times: number): Generations {
  const generations = new Generations();
  for (let time = 0; time < times; time++) generations.change();
  return generations;
}

test('content is dirty until its newest generation is durable', () => {
  const generations = changed(2);
  generations.settle(1);
  expect(generations.isDirty).toBe(true);
  generations.settle(2);
  expect(generations.isDirty).toBe(false);
});

test('an older upload that ends later takes nothing back', () => {
  const generations = changed(2);
  generations.settle(2);
  generations.settle(1);
  expect(generations).toMatchObject({ durable: 2, isDirty: false });
});

test('the newest one is submitted once, and again when its upload has failed', () => {
  const generations = changed(1);
  generations.submit();
  expect(generations.isUnsubmitted).toBe(false);
  generations.fail(1, new Failure('EIO'));
  expect(generations.isUnsubmitted).toBe(true);
});

test('the failure of an older generation means nothing, and a change ends that of the newest', () => {
  const generations = changed(2);
  generations.fail(1, new Failure('EIO'));
  expect(generations.failure).toBeNull();
  generations.fail(2, new Failure('EIO'));
  generations.change();
  expect(generations.failure).toBeNull();
});

test('what went to another name is to be submitted again', () => {
  const generations = changed(1);
  generations.submit();
  generations.unsubmit();
  expect(generations.isUnsubmitted).toBe(true);
});
