import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { contentOn } from '../semantics/helpers/waiting.js';

const server = useServer(STANDARD);
beforeAll(() => server.seed({ 'lab/project/run': { 'read.txt': 'read' } }));

/** Prints what is told of handles, a line each, with the numbers and paths of files left out. */
async function told(body: string, disk: string): Promise<readonly unknown[]> {
  const script = `
    import nodeFs from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { createWandbFs } from 'wandb-fs';
    const fs = createWandbFs({ baseUrl: '${server.url}', apiKey: '${server.apiKey}' });
    const disk = '${disk}';
    const told = [];
    const listen = ({ name, code, message }) =>
      void told.push([name, code, message.replace(/\\d+( \\(.*\\))?$|(?<=descriptor )\\d+/, '…')].join(' '));
    process.on('warning', listen).on('uncaughtException', listen);
    const collected = async (isSo) => {
      for (let round = 0; !isSo() && round < 500; round++) { gc(); await sleep(2); }
    };
    const isOpen = (on, fd) => {
      try { return on.fstatSync(fd).size >= 0; } catch ({ code }) { if (code !== 'EBADF') throw code; return false; }
    };
    const leave = async (on, path, use = async () => {}) => {
      const handle = await on.promises.open(path, 'a+');
      await use(handle);
      return handle.fd;
    };
    ${body}
    console.log(JSON.stringify(told));
    await fs.wandb.close();`;
  const args = ['--expose-gc', '--no-warnings', '--input-type=module', '-e', script];
  return JSON.parse(await runWell(process.execPath, args, { cwd: packageRoot })) as unknown[];
}

test('a handle that nobody has closed is closed when it is collected, and told of in the words of the running Node', async () => {
  const disk = await makeDirectory();
  const collect = (on: string, path: string): string => `
    {
      const fds = [];
      for (const name of ['one', 'two'])
        fds.push(await leave(${on}, ${path} + '/' + name, (handle) => handle.writeFile('left')));
      await collected(() => !fds.some((fd) => isOpen(${on}, fd)));
      if (fds.some((fd) => isOpen(${on}, fd))) told.push('open');
      await sleep(10);
    }`;
  const ofNode = await told(collect('nodeFs', 'disk'), disk);
  expect(ofNode.length).toBeGreaterThan(1);
  expect(await told(collect('fs', "'lab/project/run'"), disk)).toEqual(ofNode);
  expect(await contentOn(server, 'lab/project/run', 'two')).toBe('left');
});

test('nothing is told of one that is closed by its number, or that a stream or an iterator still uses', async () => {
  const path = JSON.stringify('lab/project/run/read.txt');
  const body = `
    const canary = await leave(nodeFs, disk + '/canary');
    const streams = [];
    const used = [
      await leave(fs, ${path}, (handle) => void streams.push(handle.createReadStream())),
      await leave(fs, ${path}, (handle) => void streams.push(handle.readableWebStream())),
      await leave(fs, ${path}, async (handle) => {
        const batches = handle.pull()[Symbol.asyncIterator]();
        await batches.next();
        streams.push(batches);
      }),
    ];
    fs.closeSync(await leave(fs, ${path}));
    await collected(() => !isOpen(nodeFs, canary));
    for (let round = 0; round < 20; round++) { gc(); await sleep(1); }
    const closed = told.splice(0).filter((message) => /descriptor:? …/.test(message)).length;
    told.push(closed, ...used.map((fd) => isOpen(fs, fd)), streams.length);`;
  // What is told is of Node's own, by which it is seen that collecting has worked.
  expect(await told(body, await makeDirectory())).toEqual([1, true, true, true, 3]);
});
