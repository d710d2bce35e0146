import { Width } from '../../src/wire/transfer/width.js';

const RTT = 50;
const BYTES = 4096;
const WIDTHS = { first: 16, most: 128 };

/** Transfers over a line, in time that passes by them alone. */
class Line {
  now = 0;
  readonly width = new Width(WIDTHS, { now: () => this.now });
  /** The widths so far, each once as long as it holds. */
  readonly widths = [this.width.value];
  private readonly ends: number[] = [];
  private connections = 0;
  private busyUntil = 0;

  /** @param at how many at once the line carries; @param opening round trips until a new connection has its first answer */
  constructor(private readonly line: { readonly carries: number; readonly opening?: number }) {}

  /** Sends so many files that are there at once. */
  send(count: number): void {
    for (let left = count; left > 0 || this.ends.length > 0; ) {
      for (; left > 0 && this.ends.length < this.width.value; left--) this.begin();
      const next = this.ends.shift() ?? this.now;
      this.now = Math.max(this.now, next);
      this.width.ended(BYTES, left > 0);
      this.note();
    }
  }

  note(): void {
    if (this.widths.at(-1) !== this.width.value) this.widths.push(this.width.value);
  }

  private begin(): void {
    this.width.began();
    const isNew = this.ends.length >= this.connections;
    this.connections = Math.max(this.connections, this.ends.length + 1);
    this.busyUntil = Math.max(this.busyUntil, this.now) + RTT / this.line.carries;
    const trips = isNew ? (this.line.opening ?? 1) : 1;
    this.ends.push(Math.max(this.busyUntil, this.now + trips * RTT));
    this.ends.sort((a, b) => a - b);
  }
}

test('over latency more go at once as long as that brings more', () => {
  const line = new Line({ carries: 1000 });
  line.send(1000);
  expect(line.widths).toEqual([16, 32, 64, 128]);
  expect(line.width.value).toBe(WIDTHS.most);
  // At 16 at once it would be 63 round trips, at 128 8.
  expect(line.now / RTT).toBeLessThan(16);
});

test('connections that open slowly hide nothing of what they bring', () => {
  const line = new Line({ carries: 1000, opening: 4 });
  line.send(1000);
  expect(line.widths).toEqual([16, 32, 64, 128]);
});

test('where more bring nothing they are as many as before, and it is tried again later', () => {
  const line = new Line({ carries: 16 });
  line.send(500);
  expect(line.widths).toEqual([16, 32, 16]);
  line.send(500);
  expect(line.widths).toEqual([16, 32, 16]);
  line.now += 10_000;
  line.send(500);
  expect(line.widths).toEqual([16, 32, 16, 32, 16]);
  line.now += 10_000;
  line.send(500);
  expect(line.widths).toEqual([16, 32, 16, 32, 16]);
});

test('what is sent without anything that waits tells nothing', () => {
  const line = new Line({ carries: 1000 });
  for (let burst = 0; burst < 100; burst++) line.send(16);
  expect(line.widths).toEqual([16]);
});

test('a step that there was too little for is taken back', () => {
  const line = new Line({ carries: 1000 });
  line.send(40);
  expect(line.widths).toEqual([16, 32, 16]);
});

test('a storage that pushes back gets half as many, for all that say so at once one time', () => {
  const line = new Line({ carries: 1000 });
  line.send(1000);
  for (let answer = 0; answer < WIDTHS.most; answer++) line.width.pushedBack();
  expect(line.width.value).toBe(WIDTHS.most / 2);
  for (let times = 0; times < 10; times++) {
    line.now += 2000;
    line.width.pushedBack();
  }
  expect(line.width.value).toBe(4);
  line.note();
  line.send(1000);
  expect(line.width.value).toBe(4);
  line.now += 5 * 60_000;
  line.send(1000);
  expect(line.width.value).toBe(WIDTHS.most);
});
