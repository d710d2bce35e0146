import fs from 'node:fs';
import gracefulFs from 'graceful-fs';
import { createWandbFs } from 'wandb-fs';
import { register } from 'wandb-fs/register';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);
beforeAll(() => server.seed({ 'team/project/run': { 'a.txt': 'content' } }));

const registered = () =>
  register({
    mounts: {
      '/mnt/runs': createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, root: 'team/project' }),
    },
  });

async function expectSeen(): Promise<void> {
  expect(fs.readFileSync('/mnt/runs/run/a.txt', 'utf8')).toBe('content');
  expect(await fs.promises.readFile('/mnt/runs/run/a.txt', 'utf8')).toBe('content');
  const text = await new Promise((resolve, reject) => {
    fs.readFile('/mnt/runs/run/a.txt', 'utf8', (error, data) => (error ? reject(error) : resolve(data)));
  });
  expect(text).toBe('content');
  expect(fs.existsSync(__filename)).toBe(true);
}

test('inside Jest', async () => {
  const { unregister } = registered();
  await expectSeen();
  unregister();
  expect(fs.existsSync('/mnt/runs')).toBe(false);
});

test("after graceful-fs's gracefulify, whose functions are not strict", async () => {
  const before = Object.getOwnPropertyDescriptors(fs);
  gracefulFs.gracefulify(fs);
  try {
    const { unregister } = registered();
    await expectSeen();
    unregister();
    expect(fs.existsSync('/mnt/runs')).toBe(false);
    expect(fs.existsSync(__filename)).toBe(true);
  } finally {
    Object.defineProperties(fs, before);
  }
});
