import { contentOf, Random } from './random.js';

/** One write of a process that is going to be killed. Sizes differ, so that the server's log tells which content a PUT sent. */
export interface PlannedWrite {
  readonly name: string;
  readonly content: string;
  /** Waits until all is durable. */
  readonly flush: boolean;
  /** Before the write, in milliseconds. */
  readonly pause: number;
}

export const KILL_NAMES = ['x', 'y', 'd/x', 'd/y', 'large'];
/** A sixteenth of it is the most that stays in memory while it is dirty: 'large' doesn't. */
export const CACHE_BYTES = 1024 * 1024;
export const OLD_CONTENT = 'what was there before';

/** The same for the process and for who judges it. */
export function planWrites(seed: number): PlannedWrite[] {
  const random = new Random(seed);
  const middle = random.pick([30, 300, 3000]);
  return Array.from({ length: 40 }, (_, index) => {
    const name = random.pick(KILL_NAMES);
    const size = name === 'large' ? 200_000 + index : middle * 8 + random.below(8) * 41 * 8 + index + 1;
    let content: string | undefined;
    return {
      name,
      // Made when it is asked for: most processes are killed long before their last write.
      get content() {
        content ??= contentOf(`k${seed}-${index}`, size);
        return content;
      },
      flush: random.chance(0.08),
      pause: random.chance(0.5) ? 0 : random.below(25),
    };
  });
}
