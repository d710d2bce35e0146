import { packageRoot, run } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer({ ...STANDARD, viewer: { entity: 'e' } });

const PROGRAM = `
  import { subscribe } from 'node:diagnostics_channel';
  import { createWandbFs } from 'wandb-fs';
  const thrown = [];
  process.on('uncaughtException', ({ message }) => thrown.push(message));
  for (const name of ['request', 'fault', 'upload'])
    subscribe('wandb-fs:' + name, () => { throw new Error('of ' + name); });
  for (const sync of ['thread', 'off']) {
    const fs = createWandbFs({ baseUrl: process.env.URL, apiKey: process.env.KEY, sync });
    if (sync === 'thread') console.log(fs.readFileSync('e/p/r/a.txt', 'utf8'));
    console.log(await fs.promises.readFile('e/p/r/b.txt', 'utf8'));
    await fs.promises.writeFile('e/p/r/c.txt', sync);
    await fs.wandb.close();
  }
  console.log([...new Set(thrown)].sort().join());
`;

test('what a subscriber throws is an uncaught exception of the process, and hurts no call', async () => {
  await server.seed({ 'e/p/r': { 'a.txt': 'a', 'b.txt': 'b' } });
  const ended = await run(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: packageRoot,
    env: { URL: server.url, KEY: server.apiKey },
  });
  expect(ended).toEqual({ exitCode: 0, stdout: 'a\nb\nb\nof fault,of request,of upload\n', stderr: '' });
  expect(Buffer.from((await server.files('e/p/r'))['c.txt'] ?? []).toString()).toBe('off');
});
