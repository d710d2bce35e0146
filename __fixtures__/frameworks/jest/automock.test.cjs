jest.mock('fs');
jest.mock('node:fs');

test('a mock beside node_modules, and one that Jest makes', async () => {
  const mock = require('fs');
  expect(mock.readFileSync('/mnt/runs/run/a.txt', 'utf8')).toBe('content');
  const { createWandbFs } = require('wandb-fs');
  const fs = createWandbFs();
  expect(await fs.promises.readFile('/team/project/run/a.txt', 'utf8')).toBe('content');
  await fs.wandb.close();
});
