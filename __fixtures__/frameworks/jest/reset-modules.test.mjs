import { expect, jest, test } from '@jest/globals';

/** What is loaded behind it, such as the owner of a tree without a thread, has classes of its own. */
test('a tree from before resetModules goes on, and fails as before', async () => {
  const { createWandbFs } = await import('wandb-fs');
  const fs = createWandbFs({ sync: 'off', root: 'team/project' });
  jest.resetModules();
  await expect(fs.promises.readFile('run/none')).rejects.toMatchObject({
    ...{ code: 'ENOENT', syscall: 'open', path: 'run/none' },
  });
  expect(await fs.promises.readFile('run/a.txt', 'utf8')).toBe('content');
  await expect(fs.wandb.record('none', 'world')).rejects.toMatchObject({ code: 'ENOENT', syscall: 'record' });
  await fs.wandb.close();
  const stranger = createWandbFs({ sync: 'off', apiKey: 'x'.repeat(40) });
  jest.resetModules();
  await expect(stranger.promises.stat('/team/project')).rejects.toMatchObject({
    ...{ code: 'EACCES', syscall: 'stat', path: '/team/project' },
  });
  await stranger.wandb.close();
});
