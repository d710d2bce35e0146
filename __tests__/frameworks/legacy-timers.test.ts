import { createWandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);

afterEach(() => {
  jest.useRealTimers();
});

/** The modern ones: `__tests__/semantics/fake-timers.test.ts`, and with all that a program does `runners.test.ts`. */
test.each(['thread', 'off'] as const)("Jest's legacy fake timers stop nothing, sync '%s'", async (sync) => {
  jest.useFakeTimers({ legacyFakeTimers: true });
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, sync });
  const run = `/viewer/p/legacy-${sync}`;
  await fs.promises.mkdir(run, { recursive: true });
  await fs.promises.writeFile(`${run}/a.txt`, 'text');
  await fs.wandb.flush();
  const watcher = fs.watch(run);
  const changed = new Promise((resolve) => watcher.once('change', (_event, name) => resolve(name)));
  const stream = fs.createWriteStream(`${run}/b.txt`);
  await new Promise<void>((resolve) => stream.end('stream').once('close', resolve));
  expect(await changed).toBe('b.txt');
  watcher.close();
  const text = await new Promise((resolve, reject) => {
    fs.readFile(`${run}/a.txt`, 'utf8', (error, data) => (error ? reject(error) : resolve(data)));
  });
  expect(text).toBe('text');
  await fs.wandb.close();
});
