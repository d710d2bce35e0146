import { useServer } from '../helpers/server.js';
import { useRegistered } from './registered.js';

const server = useServer();
const registered = useRegistered(server);

describe('every call of the process sees the mounts', () => {
  test('by every way to come to node:fs', async () => {
    const script = `
      const { readFileSync: required } = require('node:fs');
      const seen = [
        fs.readFileSync(RUN + '/a.txt', 'utf8'),
        readFileSync(RUN + '/a.txt', 'utf8'),
        required(RUN + '/a.txt', 'utf8'),
        require('fs').readFileSync(RUN + '/a.txt', 'utf8'),
        await imported.readFile(RUN + '/a.txt', 'utf8'),
        await promises.readFile(RUN + '/a.txt', 'utf8'),
        await require('fs/promises').readFile(RUN + '/a.txt', 'utf8'),
        await promisify(fs.readFile)(RUN + '/a.txt', 'utf8'),
        (await import('fs')).readFileSync(RUN + '/a.txt', 'utf8'),
        process.getBuiltinModule('fs').readFileSync(RUN + '/a.txt', 'utf8'),
      ];`;
    expect(await registered(script, '[...new Set(seen)]')).toEqual(['content']);
  });

  test('by streams, handles, file descriptors and directories', async () => {
    const script = `
      const text = async (stream) => { let all = ''; for await (const part of stream) all += part; return all; };
      const fd = fs.openSync(RUN + '/a.txt');
      const handle = await promises.open(RUN + '/a.txt');
      const bytes = Buffer.alloc(3);
      const names = [];
      for await (const { name } of await promises.opendir(RUN)) names.push(name);
      const seen = [
        await text(createReadStream(RUN + '/a.txt', { encoding: 'utf8', start: 3 })),
        await text(new fs.ReadStream(RUN + '/a.txt')),
        createReadStream(RUN + '/a.txt').destroy() instanceof fs.ReadStream,
        await text(createReadStream('', { fd: handle })),
        (await promisify(fs.read)(fd, bytes, 0, 3, 0)).bytesRead + String(bytes),
        fs.fstatSync(fd).size,
        fs.readFileSync(fd, 'utf8'),
        names.sort(),
        await promisify(fs.exists)(RUN + '/a.txt'),
        fs.realpathSync.native(RUN + '/dir/../a.txt'),
      ];
      fs.closeSync(fd);
      await new Promise((resolve, reject) => fs.createWriteStream(RUN + '/new.txt').end('new').on('close', resolve).on('error', reject));
      seen.push(fs.readFileSync(RUN + '/new.txt', 'utf8'));
      fs.unlinkSync(RUN + '/new.txt');`;
    expect(await registered(script, 'seen')).toEqual([
      'tent',
      'content',
      true,
      'content',
      '3con',
      7,
      'content',
      ['a.txt', 'dir'],
      true,
      '/mnt/wandb/run/a.txt',
      'new',
    ]);
  });

  test('by glob, where Node has it, and by the listings of the directories above', async () => {
    const script = `
      const globbed = fs.globSync ? fs.globSync('/mnt/wandb/*/*.txt') : ['/mnt/wandb/run/a.txt'];
      const seen = [globbed, fs.readdirSync('/mnt/wandb'), fs.statSync('/mnt/wandb').isDirectory()];`;
    expect(await registered(script, 'seen')).toEqual([['/mnt/wandb/run/a.txt'], ['run'], true]);
  });

  test('by what was bound while the registration lasts, and that becomes what it stood for when it ends', async () => {
    const script = `
      const bound = fs.existsSync;
      const during = [bound(RUN), early.exists(RUN)];`;
    expect(await registered(script, '[during, bound(RUN), bound("/"), bound === early.exists]')).toEqual([
      [true, false],
      false,
      true,
      false,
    ]);
  });

  test('by copies from one filesystem to the other', async () => {
    const script = `
      const directory = fs.mkdtempSync(require('node:os').tmpdir() + '/wandb-fs-test-');
      fs.cpSync(RUN, directory + '/copy', { recursive: true });
      const seen = fs.readdirSync(directory + '/copy', { recursive: true }).sort();
      await promises.copyFile(directory + '/copy/a.txt', RUN + '/copied.txt');
      seen.push(fs.readFileSync(RUN + '/copied.txt', 'utf8'));
      fs.rmSync(directory, { recursive: true });
      fs.rmSync(RUN + '/copied.txt');`;
    expect(await registered(script, 'seen')).toEqual(['a.txt', 'dir', 'dir/b.txt', 'content']);
  });
});

test('what Node reads past its own fs does not see the mounts', async () => {
  const script = `
    fs.writeFileSync(RUN + '/module.cjs', 'module.exports = 1');
    const codeOf = async (call) => { try { return await call(); } catch ({ code }) { return code; } };
    const { Worker } = require('node:worker_threads');
    const seen = [
      fs.existsSync(RUN + '/module.cjs'),
      await codeOf(() => import(RUN + '/module.cjs')),
      await codeOf(() => require(RUN + '/module.cjs')),
      await codeOf(() => require.resolve(RUN + '/module.cjs')),
      await codeOf(() => new Promise((resolve, reject) => new Worker(RUN + '/module.cjs').on('exit', resolve).on('error', reject))),
      await codeOf(() => process.chdir(RUN)),
      await codeOf(() => process.loadEnvFile(RUN + '/a.txt')),
      await codeOf(() => require('node:child_process').execFileSync(process.execPath, ['--version'], { cwd: RUN })),
    ];
    fs.unlinkSync(RUN + '/module.cjs');`;
  expect(await registered(script, 'seen')).toEqual([
    true,
    'ERR_MODULE_NOT_FOUND',
    'MODULE_NOT_FOUND',
    'MODULE_NOT_FOUND',
    'MODULE_NOT_FOUND',
    'ENOENT',
    'ENOENT',
    'ENOENT',
  ]);
});

test('handles and directories that were opened go on after the end; numbers of open files are no more known', async () => {
  const script = `
    const handle = await promises.open(RUN + '/a.txt');
    const directory = await promises.opendir(RUN);
    const fd = fs.openSync(RUN + '/a.txt');`;
  const value = `[
    await handle.readFile('utf8'),
    (await directory.read()).name,
    (() => { try { return fs.readFileSync(fd, 'utf8'); } catch ({ code }) { return code; } })(),
    await handle.close(), await directory.close()]`;
  expect(await registered(script, value)).toEqual(['content', 'a.txt', 'EBADF', null, null]);
});

describe('one registration at a time', () => {
  test('asked for without mounts it is the one that stands; with mounts it is refused', async () => {
    const script = `
      let refusal;
      try { register({ mounts: {} }); } catch ({ code, message }) { refusal = [code, message]; }
      const copy = require('wandb-fs/register');
      let other;
      try { copy.register({ mounts: {} }); } catch ({ code }) { other = code; }
      const seen = [register() === registration, copy.register() === registration, refusal, other, fs.existsSync(RUN)];`;
    expect(await registered(script, 'seen')).toEqual([
      true,
      true,
      [
        'ERR_INVALID_STATE',
        'Invalid state: wandb-fs is registered already; call unregister() of that registration first.',
      ],
      'ERR_INVALID_STATE',
      true,
    ]);
  });

  test('after its end there can be another; a second end of the first is none of that one', async () => {
    const script = `
      registration.unregister();
      const gone = fs.existsSync(RUN);
      const next = register({ mounts: { '/other': createWandbFs({ root: 'team/project/run' }) } });
      registration.unregister();
      const seen = [gone, fs.existsSync('/other/a.txt'), fs.existsSync(RUN)];
      next.unregister();`;
    expect(await registered(script, '[...seen, fs.existsSync("/other")]')).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  test('mounts that cannot be are refused before anything is changed', async () => {
    const script = `
      registration.unregister();
      const codes = [{ '/': createWandbFs() }, { 'x': createWandbFs() }, { '/x': fs }, 5].map((mounts) => {
        try { register({ mounts }); } catch ({ code }) { return code; }
      });`;
    expect(await registered(script, '[codes, fs.existsSync === early.exists]')).toEqual([
      ['ERR_INVALID_ARG_VALUE', 'ERR_INVALID_ARG_VALUE', 'ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_TYPE'],
      true,
    ]);
  });
});
