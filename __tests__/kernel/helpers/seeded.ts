/** A small generator of its own (mulberry32), so that one number replays a schedule. */
export function seeded(seed: number): (count: number) => number {
  let state = seed >>> 0;
  return (count) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return count === 0 ? 0 : ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}
