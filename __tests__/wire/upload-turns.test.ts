import { UploadTurns } from '../../src/wire/transfer/upload-turns.js';

const MIB = 1024 * 1024;

/** A line that carries all that is begun in a round trip, in time that passes by that alone. */
class Line {
  now = 0;
  private readonly underWay: { readonly name: string; readonly end: () => void }[] = [];
  /** In the order in which they began. */
  readonly begun: string[] = [];

  readonly send = (turns: UploadTurns, name: string, bytes: number, isWanted = false): Promise<void> =>
    turns.run(
      bytes,
      () => {
        this.begun.push(name);
        return new Promise<void>((end) => this.underWay.push({ name, end }));
      },
      isWanted,
    );

  /** The names of all that is under way, which ends with it. */
  async trip(): Promise<readonly string[]> {
    await new Promise((resolve) => setImmediate(resolve));
    this.now += 50;
    const ended = this.underWay.splice(0);
    for (const { end } of ended) end();
    return ended.map(({ name }) => name);
  }
}

function start(concurrency: number | null) {
  const line = new Line();
  const turns = new UploadTurns(concurrency, { now: () => line.now });
  const send = (count: number, name: string, bytes: number): void => {
    for (let at = 0; at < count; at++) void line.send(turns, name, bytes);
  };
  return { line, turns, send };
}

test('a number is how many go at once, whatever more would bring', async () => {
  const { line, turns, send } = start(3);
  send(100, 'small', 1000);
  send(2, 'large', 2 * MIB);
  const counts: number[] = [];
  for (let left = 102; left > 0; left -= counts.at(-1) ?? left) counts.push((await line.trip()).length);
  expect(counts).toEqual(Array(34).fill(3));
  await turns.onIdle();
});

test('else more go as long as that brings more, of large files sixteen at most', async () => {
  const { line, turns, send } = start(null);
  send(400, 'small', 1000);
  const counts: number[] = [];
  while (counts.at(-1) !== 64) counts.push((await line.trip()).length);
  expect(counts).toEqual([16, 32, 32, 32, 64]);
  send(40, 'large', 2 * MIB);
  const large: number[] = [];
  for (let left = 400 + 40 - 176; left > 0; ) {
    const ended = await line.trip();
    left -= ended.length;
    large.push(ended.filter((name) => name === 'large').length);
  }
  expect(Math.max(...large)).toBe(16);
  expect(large.reduce((sum, count) => sum + count)).toBe(40);
  await turns.onIdle();
});

test('fewer go where the storage says that it cannot keep up', async () => {
  const { line, turns, send } = start(null);
  void turns.run(1, async (onPushback) => onPushback());
  send(24, 'small', 1000);
  await line.trip();
  expect((await line.trip()).length).toBe(8);
  await line.trip();
  await turns.onIdle();
});

test('who waits for few hears of it when few are left', async () => {
  const { line, turns, send } = start(2);
  send(5, 'small', 1000);
  let isHeard = false;
  const few = turns.onFewWaiting(2).then(() => {
    isHeard = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isHeard).toBe(false);
  await line.trip();
  await few;
  await line.trip();
  await line.trip();
  await turns.onIdle();
});

test('what somebody waits for goes before what nobody does', async () => {
  const { line, turns } = start(1);
  for (const name of ['first', 'later', 'wanted']) void line.send(turns, name, 1, name === 'wanted');
  for (let trips = 0; trips < 3; trips++) await line.trip();
  expect(line.begun).toEqual(['first', 'wanted', 'later']);
  await turns.onIdle();
});
