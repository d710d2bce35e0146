import { expect, jest, test } from '@jest/globals';

// The configuration of this directory fakes timers for every file (`enableGlobally`).
test('unstable_mockModule of fs with mountAll, and timers faked from the beginning', async () => {
  const actual = await import('node:fs');
  jest.unstable_mockModule('node:fs', async () => {
    const { createWandbFs, mountAll } = await import('wandb-fs');
    const mounted = mountAll({ '/mnt/runs': createWandbFs({ root: 'team/project' }) }, actual.default);
    return { ...mounted, default: mounted };
  });
  const { readFileSync, promises, existsSync } = await import('node:fs');
  expect(readFileSync('/mnt/runs/run/a.txt', 'utf8')).toBe('content');
  expect(await promises.readFile('/mnt/runs/run/a.txt', 'utf8')).toBe('content');
  expect(existsSync('/mnt/runs/run/none')).toBe(false);
});

test.each(['thread', 'off'])("all kinds of calls, sync '%s'", async (sync) => {
  const { createWandbFs } = await import('wandb-fs');
  const { exercise } = await import('../exercise.mjs');
  await exercise(createWandbFs({ sync }), { run: `/viewer/p/jest-esm-${sync}` });
});
