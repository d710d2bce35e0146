import nodeFs from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { runWell } from '../helpers/processes.js';
import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { countOf, requestsOf } from './helpers/requests.js';
import { errorOf, errorsOf } from './helpers/styles.js';
import { contentOn, eventually } from './helpers/waiting.js';

/**
 * What files and directories do. These are named after rows of 'What differs from a local disk' in docs/SEMANTICS.md;
 * `__tests__/package/semantics-rows.test.ts` holds the names together.
 */
describe('what differs from a local disk', () => {
  const server = useServer();
  let disk: string;
  beforeEach(async () => {
    disk = await makeDirectory();
  });
  afterEach(() => server.faults([]));

  const onServer = (run: string, name: string, content: string | undefined) =>
    eventually(
      () => contentOn(server, run, name),
      (seen) => seen === content,
    );

  test('rename of more than `maxRenameBytes` that the server has', async () => {
    const large = 'x'.repeat(2000);
    nodeFs.writeFileSync(join(disk, 'large'), large);
    const { ino } = nodeFs.statSync(join(disk, 'large'));
    nodeFs.renameSync(join(disk, 'large'), join(disk, 'moved'));
    expect(nodeFs.statSync(join(disk, 'moved')).ino).toBe(ino);

    const run = await makeRun(server, {
      large,
      'dir/one': 'x'.repeat(600),
      'dir/two': 'x'.repeat(600),
      small: 'x',
    });
    const fs = mount(server, { maxRenameBytes: 1000, writebackDelay: 60_000 });
    for (const name of ['large', 'dir']) {
      for (const { code } of await errorsOf(fs, 'rename', `${run}/${name}`, `${run}/moved`))
        expect(code).toBe('EXDEV');
    }
    await fs.promises.rename(`${run}/small`, `${run}/moved`);
    // A file that was just written, as by those who write beside and rename, is uploaded under its last name alone.
    fs.writeFileSync(`${run}/new.tmp`, large);
    fs.renameSync(`${run}/new.tmp`, `${run}/new`);
    fs.writeFileSync(`${run}/large`, large.toUpperCase());
    fs.renameSync(`${run}/large`, `${run}/rewritten`);
    expect(fs.readdirSync(run)).toEqual(['dir', 'moved', 'new', 'rewritten']);
    await fs.wandb.flush();
    await onServer(run, 'new', large);
    await onServer(run, 'rewritten', large.toUpperCase());
    expect(await contentOn(server, run, 'large')).toBeUndefined();
    for (const { code } of await errorsOf(fs, 'rename', `${run}/new`, `${run}/again`))
      expect(code).toBe('EXDEV');
  });

  test('rename of a file the server knows', async () => {
    nodeFs.writeFileSync(join(disk, 'old'), 'text');
    const { ino } = nodeFs.statSync(join(disk, 'old'));
    nodeFs.renameSync(join(disk, 'old'), join(disk, 'new'));
    expect(nodeFs.readdirSync(disk)).toEqual(['new']);
    // The file itself has moved: there never was a second one.
    expect(nodeFs.statSync(join(disk, 'new')).ino).toBe(ino);

    const run = await makeRun(server, { old: 'text' });
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const fs = mount(server, {
      fetch: async (input, init) => {
        const body = init?.body instanceof Uint8Array ? Buffer.from(init.body).toString() : '';
        if (body.includes('deleteFiles')) await released;
        return fetch(input, init);
      },
    });
    const renamed = fs.promises.rename(`${run}/old`, `${run}/new`);
    const elsewhere = mount(server, { listingTtl: 0 });
    const look = () => elsewhere.promises.readdir(run);
    await eventually(look, (names) => names.join() === 'new,old');
    for (const name of ['old', 'new'])
      expect(await elsewhere.promises.readFile(`${run}/${name}`, 'utf8')).toBe('text');
    // Here it is one step all the same.
    expect(await fs.promises.readdir(run)).toEqual(['old']);
    release();
    await renamed;
    expect(await fs.promises.readdir(run)).toEqual(['new']);
    await eventually(look, (names) => names.join() === 'new');
  });

  test('`O_EXCL`, `mkdir` as locks', async () => {
    nodeFs.writeFileSync(join(disk, 'lock'), '', { flag: 'wx' });
    nodeFs.mkdirSync(join(disk, 'lock.d'));
    const program = `const fs = require('node:fs');
      for (const take of [() => fs.openSync('lock', 'wx'), () => fs.mkdirSync('lock.d')])
        try { take(); console.log('taken'); } catch ({ code }) { console.log(code); }`;
    expect(await runWell(process.execPath, ['--eval', program], { cwd: disk })).toBe('EEXIST\nEEXIST\n');

    const run = await makeRun(server);
    const [one, other] = [mount(server), mount(server)];
    for (const fs of [one, other]) {
      fs.writeFileSync(`${run}/lock`, '', { flag: 'wx' });
      fs.mkdirSync(`${run}/lock.d`);
      for (const { code } of await errorsOf(fs, 'open', `${run}/lock`, 'wx')) expect(code).toBe('EEXIST');
      for (const { code } of await errorsOf(fs, 'mkdir', `${run}/lock.d`)) expect(code).toBe('EEXIST');
    }
  });

  test('empty directories', async () => {
    nodeFs.mkdirSync(join(disk, 'empty'));
    const program = "console.log(require('node:fs').readdirSync('.').join())";
    expect(await runWell(process.execPath, ['--eval', program], { cwd: disk })).toBe('empty\n');

    const run = await makeRun(server);
    const fs = mount(server);
    const made = await requestsOf(server, async () => {
      await fs.promises.readdir(run);
      fs.mkdirSync(`${run}/empty`);
      fs.mkdirSync(`${run}/dir`);
      fs.writeFileSync(`${run}/dir/file`, 'x');
      await fs.wandb.flush();
    });
    expect(countOf(made, 'createRunFiles')).toBe(1);
    await onServer(run, 'dir/file', 'x');
    fs.wandb.refresh();
    expect(fs.readdirSync(run)).toEqual(['dir', 'empty']);
    expect(mount(server).readdirSync(run)).toEqual(['dir']);
    expect(Object.keys(await server.files(run))).toEqual(['dir/file']);
  });

  test('several users of one file', async () => {
    const text = (fs: typeof nodeFs, fd: number): string => {
      const bytes = Buffer.alloc(4);
      return bytes.toString('utf8', 0, fs.readSync(fd, bytes, 0, 4, 0));
    };
    nodeFs.writeFileSync(join(disk, 'file'), 'aaaa');
    const [first, second] = [0, 1].map(() => nodeFs.openSync(join(disk, 'file'), 'r+')) as [number, number];
    nodeFs.writeSync(first, 'X', 0);
    expect(text(nodeFs, second)).toBe('Xaaa');
    nodeFs.writeSync(second, 'Y', 3);
    for (const fd of [first, second]) nodeFs.closeSync(fd);
    expect(nodeFs.readFileSync(join(disk, 'file'), 'utf8')).toBe('XaaY');

    const run = await makeRun(server, { file: 'aaaa' });
    const path = `${run}/file`;
    const [one, other] = [mount(server), mount(server)];
    const [ones, others] = [one.openSync(path, 'r+'), other.openSync(path, 'r+')];
    one.writeSync(ones, 'X', 0);
    expect(text(other, others)).toBe('aaaa');
    other.writeSync(others, 'Y', 3);
    one.closeSync(ones);
    await one.wandb.flush();
    await onServer(run, 'file', 'Xaaa');
    expect(mount(server).readFileSync(path, 'utf8')).toBe('Xaaa');
    expect(text(other, others)).toBe('aaaY');
    other.closeSync(others);
    await other.wandb.flush();
    await onServer(run, 'file', 'aaaY');
    await eventually(
      async () => {
        one.wandb.refresh(path);
        return one.readFileSync(path, 'utf8');
      },
      (seen) => seen === 'aaaY',
    );
  });

  test('disk full', async () => {
    // What Linux has for this; other systems have none.
    if (nodeFs.existsSync('/dev/full')) {
      expect(await errorOf(() => nodeFs.writeFileSync('/dev/full', 'x'))).toMatchObject({ code: 'ENOSPC' });
    }

    const run = await makeRun(server);
    const fs = mount(server, { cacheBytes: 1024, spoolBytes: 10_000, writebackDelay: 60_000 });
    const content = 'x'.repeat(4000);
    const names = ['1', '2', '3', '4', '5'];
    // Nobody asks for an upload before that delay, but who has to wait for room.
    for (const name of names) fs.writeFileSync(`${run}/${name}`, content);
    await onServer(run, '1', content);
    await fs.wandb.flush();

    await server.faults([
      { match: { operation: 'createRunFiles' }, graphqlError: 'permission denied', times: Infinity },
    ]);
    const refused = errorOf(() => {
      for (const name of names) fs.writeFileSync(`${run}/${name}.more`, content);
    });
    expect(await refused).toMatchObject({ code: 'ENOSPC', syscall: 'write' });
    await server.faults([]);
    await fs.wandb.flush();
    await onServer(run, '1.more', content);
  });
});
