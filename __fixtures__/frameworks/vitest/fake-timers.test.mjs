import { afterEach, expect, test, vi } from 'vitest';
import { createWandbFs } from 'wandb-fs';
import { exercise } from '../exercise.mjs';

afterEach(() => {
  vi.useRealTimers();
});

const ALL = [
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'],
  ...['queueMicrotask', 'performance', 'hrtime', 'Date'],
];

test.each(['thread', 'off'])("with what Vitest fakes by itself, sync '%s'", async (sync) => {
  vi.useFakeTimers();
  await exercise(createWandbFs({ sync }), { run: `/viewer/p/vitest-${sync}` });
});

test.each(['thread', 'off'])("with everything faked but nextTick, sync '%s'", async (sync) => {
  vi.useFakeTimers({ toFake: ALL });
  await exercise(createWandbFs({ sync }), { run: `/viewer/p/vitest-all-${sync}` });
});

// Streams are Node's own classes, which go on by the `nextTick` of the process: those of `node:fs` stand still as well.
test('with nextTick faked, all but streams', async () => {
  vi.useFakeTimers({ toFake: [...ALL, 'nextTick'] });
  await exercise(createWandbFs(), { run: '/viewer/p/vitest-ticks', streams: false });
});

test('dates are those of the real clock', async () => {
  vi.useFakeTimers({ now: 0 });
  const fs = createWandbFs();
  await fs.promises.mkdir('/viewer/p/dates', { recursive: true });
  await fs.promises.writeFile('/viewer/p/dates/a', '');
  expect((await fs.promises.stat('/viewer/p/dates/a')).mtimeMs).toBeGreaterThan(1e12);
  await fs.wandb.close();
});
