import { packageRoot, runWell } from '../helpers/processes.js';
import { useServer } from '../helpers/server.js';
import { makeRun } from '../semantics/helpers/mounts.js';
import { contentOn, eventually } from '../semantics/helpers/waiting.js';
import { runScript } from './scripts.js';

const server = useServer();
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { 'file.txt': 'content', 'dir/inner.txt': 'inner' });
});

test('a script that makes sync calls only, and never gives the event loop a turn, does all its work', async () => {
  const { exitCode, stdout, stderr } = await runScript(
    server,
    run,
    `const seen = [];
     seen.push(fs.readdirSync(RUN, { recursive: true }));
     seen.push(fs.readFileSync(RUN + '/file.txt', 'utf8'));
     fs.mkdirSync(RUN + '/made');
     fs.writeFileSync(RUN + '/made/a.txt', 'a');
     fs.appendFileSync(RUN + '/made/a.txt', 'b');
     fs.renameSync(RUN + '/file.txt', RUN + '/renamed.txt');
     fs.rmSync(RUN + '/dir', { recursive: true });
     const fd = fs.openSync(RUN + '/made/a.txt', 'r+');
     fs.writeSync(fd, 'x', 0);
     fs.fsyncSync(fd);
     fs.closeSync(fd);
     fs.wandb.flushSync();
     fs.wandb.refresh();
     seen.push(fs.readdirSync(RUN, { recursive: true }));
     seen.push(fs.readFileSync(RUN + '/made/a.txt', 'utf8'), fs.existsSync(RUN + '/dir'));
     console.log(JSON.stringify(seen));`,
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual([
    ['dir', 'file.txt', 'dir/inner.txt'],
    'content',
    ['made', 'renamed.txt', 'made/a.txt'],
    'xb',
    false,
  ]);
  const files = await eventually(
    () => server.files(run),
    (seen) => 'made/a.txt' in seen && 'renamed.txt' in seen,
  );
  expect(Object.keys(files).sort()).toEqual(['made/a.txt', 'renamed.txt']);
});

test('sync and async calls of one process go on beside each other', async () => {
  const { exitCode, stdout } = await runScript(
    server,
    run,
    `const pending = Promise.all([
       fs.promises.readFile(RUN + '/file.txt', 'utf8'),
       fs.promises.readdir(RUN),
       fs.promises.writeFile(RUN + '/async.txt', 'async'),
     ]);
     const sync = [fs.readFileSync(RUN + '/dir/inner.txt', 'utf8'), fs.readFileSync(RUN + '/file.txt', 'utf8')];
     fs.writeFileSync(RUN + '/sync.txt', 'sync');
     const [content, names] = await pending;
     console.log(JSON.stringify([...sync, content, names.includes('file.txt')]));`,
  );
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual(['inner', 'content', 'content', true]);
  for (const name of ['async', 'sync']) {
    await eventually(
      () => contentOn(server, run, `${name}.txt`),
      (seen) => seen === name,
    );
  }
});

test('with the server in the same process, sync calls work, too', async () => {
  const source = `
    import { createWandbFs } from 'wandb-fs';
    import { startFakeWandb } from 'wandb-fs/testing';
    const wandb = await startFakeWandb();
    await wandb.seed({ 'team/project/run': { 'file.txt': 'content' } });
    const fs = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
    fs.writeFileSync('team/project/run/new.txt', fs.readFileSync('team/project/run/file.txt'));
    fs.wandb.flushSync();
    console.log(Object.keys(await wandb.files('team/project/run')).join());
    await fs.wandb.close();
    await wandb.close();`;
  const args = ['--input-type=module', '--eval', source];
  expect(await runWell(process.execPath, args, { cwd: packageRoot })).toBe('file.txt,new.txt\n');
});
