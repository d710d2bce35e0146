import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD, startServer, useServer } from '../helpers/server.js';
import { connect, makeRun } from '../semantics/helpers/mounts.js';

const server = useServer(STANDARD);
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { file: 'content' });
});

test('flush sends what was written by a file that is still open', async () => {
  const fs = connect(server);
  const handle = await fs.promises.open(`${run}/log`, 'a');
  await handle.write('first\n');
  await fs.wandb.flush();
  expect(Buffer.from((await server.files(run)).log ?? []).toString()).toBe('first\n');
  await handle.write('second\n');
  await handle.close();
  await fs.wandb.close();
  expect(Buffer.from((await server.files(run)).log ?? []).toString()).toBe('first\nsecond\n');
});

test('after close no private file is left, and no thread two seconds later', async () => {
  const stdout = await runWell(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { once } from 'node:events';
       import { readdirSync } from 'node:fs';
       import { tmpdir } from 'node:os';
       import { createWandbFs } from 'wandb-fs';
       const ends = [];
       process.on('worker', (worker) => ends.push(once(worker, 'exit')));
       const fs = createWandbFs();
       await fs.promises.writeFile('${run}/large', Buffer.alloc(6e6));
       await fs.wandb.close();
       const files = readdirSync(tmpdir()).filter((name) => name.startsWith('wandb-fs-spool-' + process.pid + '-'));
       // An idle thread keeps no process.
       const timer = setInterval(() => {}, 1000);
       await Promise.all(ends);
       clearInterval(timer);
       console.log(ends.length, files.length);`,
    ],
    { cwd: packageRoot, env: { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey } },
  );
  expect(stdout).toBe('1 0\n');
});

test('close does not wait for a call that can not end', async () => {
  const fs = connect(server, { timeout: 60_000 });
  await server.faults([{ match: { side: 'api' }, times: 1, delayAnswerMs: 60_000 }]);
  const read = fs.promises.readFile(`${run}/file`).catch((error: NodeJS.ErrnoException) => error.code);
  const begin = performance.now();
  await fs.wandb.close();
  expect(performance.now() - begin).toBeLessThan(20_000);
  expect(await read).toBe('ECANCELED');
  await server.faults([]);
});

describe('close with the server gone says what becomes of the content', () => {
  const closeWithoutServer = async (journal: string | undefined): Promise<string> => {
    const own = await startServer(STANDARD);
    await own.seed({ 'team/project/run': {} });
    const fs = connect(own, { journal, logger: { warn: () => {} } });
    await fs.promises.writeFile('/team/project/run/file', 'x');
    await own.faults([
      { match: { operation: 'CreateRunFiles' }, status: 400, times: Infinity, body: '{"error":"gone"}' },
    ]);
    const error: NodeJS.ErrnoException = await fs.wandb.close().then(
      () => Promise.reject(new Error('it was closed')),
      (thrown: unknown) => thrown as NodeJS.ErrnoException,
    );
    expect(error).toMatchObject({ code: 'EIO', syscall: 'close' });
    expect(error.message).not.toContain('next flush');
    expect(error.message).toContain('tried again while this process runs');
    // It is open still: what failed is sent by another close.
    await own.faults([]);
    await fs.wandb.close();
    expect(Object.keys(await own.files('team/project/run'))).toEqual(['file']);
    return error.message;
  };

  test('without a journal it is lost with the process', async () => {
    expect(await closeWithoutServer(undefined)).toContain('is lost, for there is no `journal`');
  });

  test('with one it lies there, and is sent by the next start', async () => {
    const directory = await makeDirectory();
    expect(await closeWithoutServer(directory)).toContain(
      `lies in the journal in ${directory}, and the next start sends it`,
    );
  });
});
