import { Failure } from '../../../src/contract/failure.js';
import type { Call, Remote, Reply } from '../../../src/contract/remote.js';
import { Background } from '../../../src/kernel/operation/background.js';
import { Loads } from '../../../src/kernel/operation/load.js';
import { Freshness, type Operation, runAsync } from '../../../src/kernel/operation/operation.js';

/** Answers when it is told to. */
function makeLoads() {
  const replies: ((reply: Reply<'alike'>) => void)[] = [];
  let cancelled = 0;
  const remote = {
    call: (_method: string, _args: object, commit: (reply: Reply<'alike'>) => void): Call => {
      replies.push(commit);
      return { isSettled: false };
    },
    want: () => {},
    cancel: () => {
      cancelled++;
      replies.shift()?.({ ok: false, failure: new Failure('ECANCELED') });
    },
  } as unknown as Remote;
  const loads = new Loads(remote);
  const here = new Set<string>();
  /** Lacks each of the things, one after the other. */
  const primitive =
    (...things: string[]) =>
    (): string => {
      for (const thing of things) {
        if (here.has(thing)) continue;
        throw loads.fault(thing, 'alike', { path: '' as never }, (_value, failure) => {
          if (!failure) here.add(thing);
          return failure;
        });
      }
      return things.join();
    };
  const answer = (failure?: Failure): void =>
    replies.shift()?.(failure ? { ok: false, failure } : { ok: true, value: null });
  return { primitive, answer, replies, cancelled: () => cancelled };
}

test('a primitive goes on by itself from one load to the next, while nobody waits', () => {
  const { primitive, answer, replies } = makeLoads();
  const ends: unknown[] = [];
  new Background(new Freshness()).run(primitive('one', 'two'), (value) => ends.push(value));
  answer();
  expect(replies).toHaveLength(1);
  expect(ends).toEqual([]);
  answer();
  expect(ends).toEqual(['one,two']);
});

test('what is here already is returned at once', () => {
  const ends: unknown[] = [];
  new Background(new Freshness()).run(
    () => 'here',
    (value) => ends.push(value),
  );
  expect(ends).toEqual(['here']);
});

test('who waits for the same joins it, and hears why it failed', async () => {
  const { primitive, answer, replies } = makeLoads();
  const ends: unknown[] = [];
  const background = new Background(new Freshness());
  background.run(primitive('one'), (value) => ends.push(value));
  const waiting = runAsync<string>(primitive('one') as (op: Operation) => string);
  expect(replies).toHaveLength(1);
  answer(new Failure('EIO', 'broken'));
  await expect(waiting).rejects.toMatchObject({ code: 'EIO', detail: 'broken' });
  expect(ends).toEqual([null]);
});

test('the end cancels what nobody else waits for, and nothing more is heard', async () => {
  const { primitive, answer, cancelled } = makeLoads();
  const ends: unknown[] = [];
  const background = new Background(new Freshness());
  background.run(primitive('one'), (value) => ends.push(value));
  const waiting = runAsync<string>(primitive('one') as (op: Operation) => string);
  background.end();
  expect(cancelled()).toBe(0);
  answer();
  expect(await waiting).toBe('one');

  const other = new Background(new Freshness());
  other.run(primitive('three'), (value) => ends.push(value));
  other.end();
  expect(cancelled()).toBe(1);
  other.run(primitive('four'), (value) => ends.push(value));
  expect(ends).toEqual([]);
});
