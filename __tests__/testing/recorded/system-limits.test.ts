import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeDirectory } from '../../helpers/directories.js';
import { environment, packageRoot, runWell } from '../../helpers/processes.js';
import { STANDARD, useServer } from '../../helpers/server.js';

const server = useServer(STANDARD);

test('where the disk takes no more, the error names the place that was given', async () => {
  await server.seed({ 'lab/p/r': { 'large.bin': Buffer.alloc(100_000, 1) } });
  const parent = await makeDirectory();
  const program = `
    const { wandbFs: { wandb } } = require('wandb-fs');
    const told = ({ code, syscall, path, message }) => ({ code, syscall, path, message });
    const failed = async (call) => told(await call.then(() => ({}), (error) => error));
    (async () => {
      const errors = [
        await failed(wandb.get('lab/p/r/large.bin', ${JSON.stringify(join(parent, 'got.bin'))})),
        await failed(wandb.record('lab/p/r', ${JSON.stringify(join(parent, 'world'))})),
      ];
      await wandb.close();
      console.log(JSON.stringify(errors));
    })();`;
  const env = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey };
  // Files of 2 blocks at most: as a disk or a quota that is used up, but for the errno.
  const args = ['-c', 'ulimit -f 2; exec "$0" --eval "$1"', process.execPath, program];
  const text = 'EFBIG: file too large';
  const [got, world] = [join(parent, 'got.bin'), join(parent, 'world')];
  expect(JSON.parse(await runWell('sh', args, { cwd: packageRoot, env }))).toEqual([
    { code: 'EFBIG', syscall: 'write', path: got, message: `${text}, write '${got}'` },
    { code: 'EFBIG', syscall: 'record', path: world, message: `${text}, record '${world}'` },
  ]);
  expect(readdirSync(parent)).toEqual([]);
});

test('a world of more runs than a process may have files open is served', async () => {
  const world = await makeDirectory();
  await writeFile(join(world, 'wandb-world.json'), '{ "version": 1 }');
  for (let run = 0; run < 300; run++) {
    const files = join(world, `lab/p/runs/r${run}/files`);
    await mkdir(files, { recursive: true });
    await writeFile(join(files, 'a.txt'), `of ${run}`);
  }
  const program = join(packageRoot, 'dist/esm/cli/main.js');
  const args = [
    '-c',
    'ulimit -n 100; exec "$@"',
    'sh',
    process.execPath,
    program,
    'fake-server',
    '--world',
    world,
  ];
  const serving = spawn('sh', args, { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(serving, 'close');
  for await (const line of createInterface({ input: serving.stdout }))
    if (line.startsWith('WANDB_API_KEY')) break;
  serving.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
