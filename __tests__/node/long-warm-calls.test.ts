import { type AsyncComposite, driveAsync, invoke } from '../../src/node/composites/driver.js';

const STEPS = 5000;

/** A call of so many steps, each of which finds what it needs. */
function* steps(run: (at: number) => void): AsyncComposite<number> {
  for (let at = 0; at < STEPS; at++) yield* invoke({ syscall: 'stat', run: () => run(at) });
  return STEPS;
}

test('a call of thousands of steps that find everything here lets the event loop turn', async () => {
  let turnedAt: number | null = null;
  let at = 0;
  setImmediate(() => {
    turnedAt = at;
  });
  const end = await driveAsync(
    steps((step) => {
      at = step;
    }),
  );
  expect(end).toBe(STEPS);
  expect(turnedAt).toBeLessThan(STEPS / 4);
});

test('each step is run once, in order', async () => {
  const seen: number[] = [];
  await driveAsync(steps((step) => seen.push(step)));
  expect(seen).toEqual(Array.from({ length: STEPS }, (_, index) => index));
});
