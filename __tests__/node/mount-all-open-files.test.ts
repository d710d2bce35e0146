import nodeFs from 'node:fs';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type Mounts, makeMounts, thrownBy } from './support/mounts.js';

let mounts: Mounts;
beforeEach(() => {
  mounts = makeMounts();
});
afterEach(() => mounts.remove());

describe.each([
  ['the base', 'local/open.txt'],
  ['a tree', 'wandb/runs/e/p/r/open.txt'],
])('a file of %s', (owner, name) => {
  const isTree = owner !== 'the base';
  let path: string;
  beforeEach(() => {
    path = mounts.at(name);
    mounts.fs.writeFileSync(path, '0123456789');
    mounts.runs.asked.length = 0;
    mounts.base.asked.length = 0;
  });

  const expectOwnerOnly = (): void => {
    const { runs, base } = mounts;
    expect(isTree ? base.asked : runs.asked).toEqual([]);
    expect(isTree ? runs.asked : base.asked).not.toEqual([]);
  };

  test('is worked on through its fd', () => {
    const { fs } = mounts;
    const fd = fs.openSync(path, 'r+');
    const buffer = Buffer.alloc(4);
    expect(fs.readSync(fd, buffer, 0, 4, 2)).toBe(4);
    expect(buffer.toString()).toBe('2345');
    expect(fs.writeSync(fd, 'ab', 0)).toBe(2);
    expect(fs.writevSync(fd, [Buffer.from('c'), Buffer.from('d')], 2)).toBe(2);
    expect(fs.readvSync(fd, [buffer], 0)).toBe(4);
    expect(buffer.toString()).toBe('abcd');
    fs.ftruncateSync(fd, 6);
    fs.futimesSync(fd, 1, 2);
    fs.fchmodSync(fd, 0o600);
    fs.fsyncSync(fd);
    fs.fdatasyncSync(fd);
    expect(fs.fstatSync(fd)).toMatchObject({ size: 6, mtimeMs: 2000 });
    expect(fs.readFileSync(fd, 'utf8')).toBe('abcd45');
    fs.closeSync(fd);
    expect(thrownBy(() => fs.fstatSync(fd))).toMatchObject({ code: 'EBADF' });
    if (isTree) expect(mounts.base.asked).toEqual(['fstatSync']);
    else expectOwnerOnly();
  });

  test('is worked on through its fd with callbacks and what promisify makes of them', async () => {
    const { fs } = mounts;
    const fd = await promisify(fs.open)(path, 'r+');
    const { bytesRead, buffer } = await promisify(fs.read)(fd, Buffer.alloc(4), 0, 4, 3);
    expect([bytesRead, buffer.toString()]).toEqual([4, '3456']);
    const bytes = Buffer.from('xyz');
    expect(await promisify(fs.write)(fd, bytes, 0, 3, 0)).toEqual({ bytesWritten: 3, buffer: bytes });
    expect(await promisify(fs.writev)(fd, [bytes], 3)).toMatchObject({ bytesWritten: 3, buffers: [bytes] });
    await promisify(fs.close)(fd);
    expect(fs.readFileSync(path, 'utf8')).toBe('xyzxyz6789');
    expectOwnerOnly();
  });

  test('is worked on through a handle', async () => {
    const { fs } = mounts;
    const handle = await fs.promises.open(path, 'r+');
    expect(await fs.promises.readFile(handle, 'utf8')).toBe('0123456789');
    await fs.promises.appendFile(handle, '!');
    expect(fs.fstatSync(handle.fd).size).toBe(11);
    const { buffer } = await handle.read({ buffer: Buffer.alloc(3), position: 4 });
    expect(buffer.toString()).toBe('456');
    await handle.truncate(2);
    expect((await handle.stat()).size).toBe(2);
    const { fd } = handle;
    await handle.close();
    expect(thrownBy(() => fs.fstatSync(fd))).toMatchObject({ code: 'EBADF' });
  });

  test('is streamed with all options', async () => {
    const { fs } = mounts;
    expect(await text(fs.createReadStream(path, { start: 2, end: 5 }))).toBe('2345');
    expect(await text(fs.createReadStream(path, { start: 0, end: 0 }))).toBe('0');
    const chunks: unknown[] = [];
    for await (const chunk of fs.createReadStream(path, { highWaterMark: 4, encoding: 'utf8' }))
      chunks.push(chunk);
    expect(chunks).toEqual(['0123', '4567', '89']);
    const stream = fs.createReadStream(path);
    expect(stream).toBeInstanceOf(fs.ReadStream);
    expect(stream).toBeInstanceOf(nodeFs.ReadStream);
    expect(stream.path).toBe(path);
    expect(await text(stream)).toBe('0123456789');
    expect(stream.bytesRead).toBe(10);

    await pipeline(['ab', 'cd'], fs.createWriteStream(path, { flags: 'r+', start: 3 }));
    expect(fs.readFileSync(path, 'utf8')).toBe('012abcd789');
    await pipeline(['616263'], fs.createWriteStream(path, { encoding: 'hex', flush: true }));
    await pipeline(['+'], fs.createWriteStream(path, { flags: 'a' }));
    expect(fs.readFileSync(path, 'utf8')).toBe('abc+');
    await expect(pipeline(['x'], fs.createWriteStream(path, { flags: 'wx' }))).rejects.toMatchObject({
      code: 'EEXIST',
      syscall: 'open',
      path,
    });
    expectOwnerOnly();
  });

  test('is streamed through an fd or a handle', async () => {
    const { fs } = mounts;
    const fd = fs.openSync(path, 'r');
    expect(await text(fs.createReadStream('', { fd, start: 1, end: 3, autoClose: false }))).toBe('123');
    expect(fs.readFileSync(fd, 'utf8')).toBe('0123456789');
    fs.closeSync(fd);
    const handle = await fs.promises.open(path);
    expect(await text(fs.createReadStream('', { fd: handle, start: 7 }))).toBe('789');
    const other = await fs.promises.open(path, 'r+');
    await pipeline(['AB'], other.createWriteStream({ start: 4 }));
    expect(fs.readFileSync(path, 'utf8')).toBe('0123AB6789');
    const lines = await fs.promises.open(path);
    for await (const line of lines.readLines()) expect(line).toBe('0123AB6789');
  });

  test('is streamed until a signal ends it', async () => {
    const { fs } = mounts;
    const signal = AbortSignal.abort();
    await expect(text(fs.createReadStream(path, { signal }))).rejects.toMatchObject({ name: 'AbortError' });
    await expect(fs.promises.readFile(path, { signal })).rejects.toMatchObject({ name: 'AbortError' });
    await expect(fs.promises.writeFile(path, 'x', { signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('an fd that was opened elsewhere is the base’s', () => {
  const { fs, at } = mounts;
  const fd = nodeFs.openSync(at('local/file.txt'), 'r');
  expect(fs.readFileSync(fd, 'utf8')).toBe('of the disk');
  fs.closeSync(fd);
  expect(thrownBy(() => nodeFs.fstatSync(fd))).toMatchObject({ code: 'EBADF' });
});

test('a fd whose close was refused is still open', () => {
  const { fs, at, runs } = mounts;
  const fd = fs.openSync(at('wandb/runs/e/p/r/file.txt'), 'r');
  const { closeSync } = runs.fs;
  expect(thrownBy(() => fs.closeSync('1' as unknown as number))).toMatchObject({
    code: 'ERR_INVALID_ARG_TYPE',
  });
  expect(fs.readFileSync(fd, 'utf8')).toBe('of the run');
  closeSync(fd);
  expect(thrownBy(() => fs.closeSync(fd))).toMatchObject({ code: 'EBADF' });
});

test('changes in the base and in trees are watched by their owners', async () => {
  const { fs, at } = mounts;
  const watcher = fs.watch(at('local'));
  const seen = new Promise((resolve) => watcher.once('change', (_event, name) => resolve(name)));
  fs.writeFileSync(at('local/watched.txt'), '');
  expect(await seen).toBe('watched.txt');
  watcher.close();
  const inTree = fs.watch(at('wandb/runs/e/p/r'));
  const seenInTree = new Promise((resolve) => inTree.once('change', (_event, name) => resolve(name)));
  fs.writeFileSync(at('wandb/runs/e/p/r/watched.txt'), '');
  expect(await seenInTree).toBe('watched.txt');
  inTree.close();
  const ending = new AbortController();
  const events = fs.promises.watch(at('local'), { signal: ending.signal });
  const next = events[Symbol.asyncIterator]().next();
  fs.writeFileSync(at('local/again.txt'), '');
  expect(await next).toMatchObject({ done: false });
  ending.abort();
  expect(await (await fs.openAsBlob(at('local/file.txt'))).text()).toBe('of the disk');
  expect((await fs.promises.statfs(at('local'))).bsize).toBeGreaterThan(0);
});
