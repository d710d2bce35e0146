import { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import { COLLECTION, mountVersions, STORED_COLLECTION } from './helpers/mount-versions.js';

describe('a version is read-only', () => {
  test.each<readonly [string, (fs: ReturnType<typeof mountVersions>['fs']) => Promise<unknown>]>([
    ['writeFile', (fs) => fs.promises.writeFile(`${COLLECTION}/v0/a.txt`, 'x')],
    ['writeFile of a new name', (fs) => fs.promises.writeFile(`${COLLECTION}/v0/new`, 'x')],
    ['writeFile behind an alias', (fs) => fs.promises.writeFile(`${COLLECTION}/latest/new`, 'x')],
    ['unlink', (fs) => fs.promises.unlink(`${COLLECTION}/v0/a.txt`)],
    ['rename', (fs) => fs.promises.rename(`${COLLECTION}/v0/a.txt`, `${COLLECTION}/v0/b.txt`)],
    ['mkdir', (fs) => fs.promises.mkdir(`${COLLECTION}/v0/sub`)],
    ['rm of a directory', (fs) => fs.promises.rm(`${COLLECTION}/v0/dir`, { recursive: true })],
    ['chmod', (fs) => fs.promises.chmod(`${COLLECTION}/v0/a.txt`, 0o600)],
    ['utimes', (fs) => fs.promises.utimes(`${COLLECTION}/v0/a.txt`, 1, 1)],
    ['truncate', (fs) => fs.promises.truncate(`${COLLECTION}/v0/a.txt`)],
    ['access for writing', (fs) => fs.promises.access(`${COLLECTION}/v0/a.txt`, fs.constants.W_OK)],
  ])('%s is EROFS', async (_what, change) => {
    const { fs } = mountVersions();
    await expect(change(fs)).rejects.toMatchObject({ code: 'EROFS' });
    expect(await fs.promises.readFile(`${COLLECTION}/v0/a.txt`, 'utf8')).toBe('first');
  });

  test('modes say so', async () => {
    const { fs } = mountVersions();
    expect((await fs.promises.stat(`${COLLECTION}/v0`)).mode & 0o777).toBe(0o555);
    expect((await fs.promises.stat(`${COLLECTION}/v0/a.txt`)).mode & 0o777).toBe(0o444);
    expect((await fs.promises.stat(COLLECTION)).mode & 0o777).toBe(0o755);
  });

  test('what was listed of one is never asked for again, however old', async () => {
    let now = 0;
    const { fs, store } = mountVersions(() => now);
    expect(await fs.promises.readdir(`${COLLECTION}/v1`)).toEqual(['a.txt', 'dir', 'ref']);
    store.log.length = 0;
    now += 1e9;
    expect(fs.existsSync(`${COLLECTION}/v1/missing`)).toBe(false);
    expect(fs.statSync(`${COLLECTION}/v1/dir/b.txt`).size).toBe(4);
    expect(store.log).toEqual([]);
    fs.wandb.refresh(`${COLLECTION}/v1`);
    expect((await fs.promises.stat(`${COLLECTION}/v1/dir/b.txt`)).size).toBe(4);
    expect(store.log.length).toBeGreaterThan(0);
  });

  test('many single names of one end in its listing', async () => {
    const { fs, store } = mountVersions();
    store.addVersion(
      treePath('e/p/t/many'),
      Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, `${i}`])),
    );
    for (let i = 0; i < 30; i++) await fs.promises.stat(`/e/p/t/many/v0/f${i}`);
    expect(store.log.length).toBeLessThanOrEqual(11);
  });

  test('content that two versions share is read once', async () => {
    const { fs, store } = mountVersions();
    expect(await fs.promises.readFile(`${COLLECTION}/v0/dir/b.txt`, 'utf8')).toBe('deep');
    expect(await fs.promises.readFile(`${COLLECTION}/v1/dir/b.txt`, 'utf8')).toBe('deep');
    expect(store.log.filter((line) => line.startsWith('read'))).toHaveLength(1);
  });
});

describe('content that lies elsewhere', () => {
  test('is a link to its URI, whose size is known', async () => {
    const { fs } = mountVersions();
    expect(await fs.promises.readlink(`${COLLECTION}/v1/ref`)).toBe('s3://bucket/key');
    expect((await fs.promises.lstat(`${COLLECTION}/v1/ref`)).isSymbolicLink()).toBe(true);
    expect((await fs.promises.stat(`${COLLECTION}/v1/ref`)).size).toBe(9);
  });

  test('is refused by name where the caller enabled nothing', async () => {
    const { fs, store } = mountVersions();
    const refusal = {
      code: 'EACCES',
      syscall: 'open',
      message: expect.stringContaining('It needs the option.'),
    };
    await expect(fs.promises.readFile(`${COLLECTION}/v1/ref`)).rejects.toMatchObject(refusal);
    await expect(fs.promises.access(`${COLLECTION}/v1/ref`, fs.constants.R_OK)).rejects.toMatchObject({
      code: 'EACCES',
    });
    expect(store.log.some((line) => line.startsWith('read'))).toBe(false);
  });

  test('nothing is below it', async () => {
    const { fs } = mountVersions();
    await expect(fs.promises.stat(`${COLLECTION}/v1/ref/below`)).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('removing', () => {
  test('a version goes with its aliases', async () => {
    const { fs, store } = mountVersions();
    expect(await fs.promises.readdir(COLLECTION)).toContain('prod');
    await fs.promises.rm(`${COLLECTION}/v1`, { recursive: true });
    expect(store.log).toContain('rmdir e/p/t/c/v1');
    expect(await fs.promises.readdir(COLLECTION)).toEqual(['old', 'v0']);
  });

  test('rmdir of a version that holds files is ENOTEMPTY', async () => {
    const { fs } = mountVersions();
    await expect(fs.promises.rmdir(`${COLLECTION}/v1`)).rejects.toMatchObject({ code: 'ENOTEMPTY' });
  });
});

test('what W&B knows of a path', async () => {
  const { fs } = mountVersions();
  expect(await fs.wandb.info(`${COLLECTION}/latest`)).toMatchObject({
    kind: 'version',
    id: 'id of e/p/t/c/v1',
    path: '/e/p/t/c/latest',
    webUrl: 'https://wandb.ai/e/p/artifacts/t/c/latest',
  });
});

test('a collection that was deleted and made again by somebody else is seen as what it is now', async () => {
  let now = 0;
  const { fs, store } = mountVersions(() => now);
  expect(await fs.promises.readdir(`${COLLECTION}/v0`)).toEqual(['a.txt', 'dir']);
  store.generation++;
  store.collections.delete(STORED_COLLECTION);
  store.addVersion(STORED_COLLECTION, { 'new.txt': 'new' });
  now += 31_000;
  expect(await fs.promises.readdir(COLLECTION)).toEqual(['latest', 'v0']);
  expect(await fs.promises.readdir(`${COLLECTION}/v0`)).toEqual(['new.txt']);
  await expect(fs.promises.stat(`${COLLECTION}/v0/a.txt`)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('content that is never what its version recorded is EIO, after one look and one more read', async () => {
  const { fs, store } = mountVersions();
  store.read = async () => {
    store.log.push('read');
    throw new Failure('EBADMSG', 'The content differs from what the version recorded.');
  };
  await expect(fs.promises.readFile(`${COLLECTION}/v0/a.txt`)).rejects.toMatchObject({
    code: 'EIO',
    message: expect.stringContaining('differs from what the version recorded'),
  });
  expect(store.log.filter((line) => line === 'read').length).toBeLessThanOrEqual(2);
});
