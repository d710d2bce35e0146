import { types } from 'node:util';
import type { createWandbFs as CreateWandbFs } from 'wandb-fs';
import { createWandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);

const MOCKED = ['timers/promises', 'node:timers/promises', 'perf_hooks', 'node:perf_hooks'];

afterEach(() => {
  jest.restoreAllMocks();
  for (const name of MOCKED) jest.dontMock(name);
  jest.resetModules();
});

/** This package, loaded where a test has no time to wait and no use for a clock. */
function loadAmongMocks(): typeof CreateWandbFs {
  for (const name of MOCKED) jest.doMock(name, () => ({ setTimeout: jest.fn() }));
  jest.spyOn(process.getBuiltinModule('node:perf_hooks').performance, 'now').mockReturnValue(0);
  jest.resetModules();
  return require('wandb-fs').createWandbFs;
}

test('a mock of node:timers/promises takes no turn of the event loop away', async () => {
  const fs = loadAmongMocks()({ baseUrl: server.url, apiKey: server.apiKey });
  await fs.promises.mkdir('/viewer/p/turns', { recursive: true });
  await fs.promises.writeFile('/viewer/p/turns/a.txt', 'text');
  // Every so many calls take one.
  for (let index = 0; index < 300; index++) await fs.promises.stat('/viewer/p/turns/a.txt');
  await fs.wandb.close();
});

test('listings grow old where performance.now stands still', async () => {
  const writer = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
  await writer.promises.mkdir('/viewer/p/ages', { recursive: true });
  await writer.promises.writeFile('/viewer/p/ages/a.txt', 'text');
  await writer.wandb.flush();
  const fs = loadAmongMocks()({ baseUrl: server.url, apiKey: server.apiKey, listingTtl: 50 });
  expect(await fs.promises.readdir('/viewer/p/ages')).toContain('a.txt');
  await writer.promises.writeFile('/viewer/p/ages/b.txt', 'text');
  await writer.wandb.close();
  while (!(await fs.promises.readdir('/viewer/p/ages')).includes('b.txt')) await new Promise(setImmediate);
  await fs.wandb.close();
});

test.each(['thread', 'off'] as const)(
  "a mock in the place of Date takes nothing away (`sync: '%s'`)",
  async (sync) => {
    const RealDate = Date;
    const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, sync });
    try {
      Object.assign(globalThis, { Date: jest.fn() });
      await fs.promises.mkdir(`/viewer/p/dates-${sync}`, { recursive: true });
      await fs.promises.writeFile(`/viewer/p/dates-${sync}/a.txt`, 'text');
      await fs.wandb.flush();
      expect(await fs.promises.readdir(`/viewer/p/dates-${sync}`)).toEqual(['a.txt']);
      expect(types.isDate((await fs.promises.stat(`/viewer/p/dates-${sync}/a.txt`)).mtime)).toBe(true);
      await fs.wandb.close();
    } finally {
      Object.assign(globalThis, { Date: RealDate });
    }
  },
);
