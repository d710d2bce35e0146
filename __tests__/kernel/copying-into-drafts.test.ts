import { treePath } from '../../src/contract/tree-path.js';
import { mountVersions } from './helpers/mount-versions.js';

const C = '/e/p/t/c';
const D = `${C}/draft`;

describe('copying a version into a draft', () => {
  test('moves no bytes, and what is changed there is changed only there', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.cp(`${C}/v1`, D, { recursive: true });
    expect(store.log.filter((line) => line.startsWith('read'))).toEqual([]);
    expect(await fs.promises.readdir(D, { recursive: true })).toEqual(['a.txt', 'dir', 'ref', 'dir/b.txt']);
    await fs.promises.appendFile(`${D}/a.txt`, '!');
    await fs.promises.rename(`${D}/dir/b.txt`, `${D}/c.txt`);
    await fs.promises.unlink(`${D}/ref`);
    expect(await fs.promises.readFile(`${D}/a.txt`, 'utf8')).toBe('second!');
    expect(await fs.promises.readFile(`${D}/c.txt`, 'utf8')).toBe('deep');
    expect(await fs.promises.readFile(`${C}/v1/a.txt`, 'utf8')).toBe('second');
    await fs.wandb.commit(D);
    expect(Object.fromEntries(store.collections.get(treePath('e/p/t/c'))?.versions.get('v2') ?? [])).toEqual({
      'a.txt': { bytes: 'second!' },
      'c.txt': { bytes: 'deep' },
    });
  });

  test('copyFile heeds COPYFILE_EXCL and replaces otherwise', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.copyFile(`${C}/v0/a.txt`, `${D}/a.txt`);
    await expect(
      fs.promises.copyFile(`${C}/v1/a.txt`, `${D}/a.txt`, fs.constants.COPYFILE_EXCL),
    ).rejects.toMatchObject({ code: 'EEXIST', syscall: 'copyfile' });
    await fs.promises.copyFile(`${C}/v1/a.txt`, `${D}/a.txt`);
    expect(await fs.promises.readFile(`${D}/a.txt`, 'utf8')).toBe('second');
  });

  test('references go along, and a link to a URI makes one', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.cp(`${C}/v1/ref`, `${D}/copied`);
    await fs.promises.symlink('gs://bucket/other', `${D}/made`);
    expect(await fs.promises.readlink(`${D}/made`)).toBe('gs://bucket/other');
    await fs.wandb.commit(D);
    const files = store.collections.get(treePath('e/p/t/c'))?.versions.get('v2');
    expect(files?.get('copied')?.uri).toBe('s3://bucket/key');
    expect(files?.get('made')?.uri).toBe('gs://bucket/other');
  });

  test.each([{}, { dereference: true }])('an alias is copied as its version: %j', async (options) => {
    const { fs, store } = mountVersions();
    const before = new Map(store.collections.get(treePath('e/p/t/c'))?.aliases);
    await fs.promises.cp(`${C}/old`, D, { recursive: true, ...options });
    expect(await fs.promises.readdir(D)).toEqual(['a.txt', 'dir']);
    await fs.promises.writeFile(`${D}/a.txt`, 'changed');
    expect(store.collections.get(treePath('e/p/t/c'))?.aliases).toEqual(before);
    await expect(fs.promises.cp(`${C}/old`, `${C}/third`, options)).rejects.toMatchObject({
      code: 'ERR_FS_EISDIR',
    });
  });

  test('no copy sets an alias on the server, unless the link itself is meant', async () => {
    const { fs, store } = mountVersions();
    const aliases = store.collections.get(treePath('e/p/t/c'))?.aliases;
    const before = new Map(aliases);
    await expect(fs.promises.cp(`${C}/old`, `${C}/prod`, { recursive: true })).rejects.toMatchObject({
      code: 'ERR_FS_CP_DIR_TO_NON_DIR',
    });
    await expect(fs.promises.cp(C, 'e/p/t/copy', { recursive: true })).rejects.toMatchObject({
      code: 'EPERM',
      message: expect.stringContaining('set aliases by symlink()'),
    });
    expect(aliases).toEqual(before);
    expect([...store.collections.keys()]).not.toContain('e/p/t/copy');
    await fs.promises.cp(`${C}/old`, `${C}/alias`, { verbatimSymlinks: true });
    expect(await fs.promises.readlink(`${C}/alias`)).toBe('v0');
  });
});

test('a file that is copied onto stays the file that it is, and gets the permissions of the other', async () => {
  const { fs } = mountVersions();
  await fs.promises.mkdir(D);
  await fs.promises.writeFile(`${D}/f`, 'old', { mode: 0o600 });
  const before = await fs.promises.stat(`${D}/f`);
  await fs.promises.copyFile(`${C}/v0/a.txt`, `${D}/f`);
  const after = await fs.promises.stat(`${D}/f`);
  expect([after.ino, after.mode & 0o777]).toEqual([before.ino, 0o644]);
  expect(await fs.promises.readFile(`${D}/f`, 'utf8')).toBe('first');
});

test('what is copied from a version can be changed: modes say so', async () => {
  const { fs } = mountVersions();
  await fs.promises.cp(`${C}/v0`, D, { recursive: true });
  for (const path of [D, `${D}/dir`, `${D}/a.txt`]) {
    expect((await fs.promises.stat(path)).mode & 0o200).toBe(0o200);
  }
});
