import { setImmediate } from 'node:timers/promises';

/**
 * Turns of the event loop in which what one moment has led to comes to rest: a call passes promises and a few immediates
 * until it sleeps again or is sent.
 */
const TURNS = 3;

async function settled() {
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
}

/** Time that passes only when nobody has anything left to do now. */
export class VirtualTime {
  /** Milliseconds since the beginning. */
  at = 0;
  #heap = [];
  #serial = 0;

  /** @param until milliseconds since the beginning */
  async run(until) {
    await settled();
    while (this.#heap.length > 0 && this.#heap[0].at <= until) {
      this.at = this.#heap[0].at;
      while (this.#heap[0]?.at <= this.at) this.#take().wake();
      await settled();
    }
    this.at = until;
  }

  /** In whole milliseconds: what is due in the same one happens together. */
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      const leave = () => reject(signal.reason);
      signal?.addEventListener('abort', leave, { once: true });
      const wake = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      this.#add({ at: Math.ceil(this.at + Math.max(0, ms)), serial: this.#serial++, wake });
    });
  }

  #add(entry) {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!isBefore(heap[index], heap[above])) break;
      [heap[index], heap[above]] = [heap[above], heap[index]];
      index = above;
    }
  }

  #take() {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (heap.length > 0) heap[0] = last;
    for (let index = 0; ; ) {
      let least = index;
      for (const below of [2 * index + 1, 2 * index + 2])
        if (below < heap.length && isBefore(heap[below], heap[least])) least = below;
      if (least === index) return first;
      [heap[index], heap[least]] = [heap[least], heap[index]];
      index = least;
    }
  }
}

const isBefore = (one, other) => one.at < other.at || (one.at === other.at && one.serial < other.serial);

/** The same chance in each simulation, another one for each instance. */
export function chance(seed) {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What this package takes for a clock (`Clock` of `src/wire/retry.ts`). */
export const clockOf = (time, random) => ({
  now: () => time.at,
  date: () => Date.UTC(2026, 0) + time.at,
  sleep: (ms, signal) => time.sleep(ms, signal),
  random,
});
