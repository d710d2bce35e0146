import { COLLECTION, DRAFT, mountVersions, STORED_COLLECTION } from './helpers/mount-versions.js';

describe('copying a version into a draft', () => {
  test('moves no bytes, and what is changed there is changed only there', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.cp(`${COLLECTION}/v1`, DRAFT, { recursive: true });
    expect(store.log.filter((line) => line.startsWith('read'))).toEqual([]);
    expect(await fs.promises.readdir(DRAFT, { recursive: true })).toEqual([
      'a.txt',
      'dir',
      'ref',
      'dir/b.txt',
    ]);
    await fs.promises.appendFile(`${DRAFT}/a.txt`, '!');
    await fs.promises.rename(`${DRAFT}/dir/b.txt`, `${DRAFT}/c.txt`);
    await fs.promises.unlink(`${DRAFT}/ref`);
    expect(await fs.promises.readFile(`${DRAFT}/a.txt`, 'utf8')).toBe('second!');
    expect(await fs.promises.readFile(`${DRAFT}/c.txt`, 'utf8')).toBe('deep');
    expect(await fs.promises.readFile(`${COLLECTION}/v1/a.txt`, 'utf8')).toBe('second');
    await fs.wandb.commit(DRAFT);
    expect(Object.fromEntries(store.collections.get(STORED_COLLECTION)?.versions.get('v2') ?? [])).toEqual({
      'a.txt': { bytes: 'second!' },
      'c.txt': { bytes: 'deep' },
    });
  });

  test('copyFile heeds COPYFILE_EXCL and replaces otherwise', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.copyFile(`${COLLECTION}/v0/a.txt`, `${DRAFT}/a.txt`);
    await expect(
      fs.promises.copyFile(`${COLLECTION}/v1/a.txt`, `${DRAFT}/a.txt`, fs.constants.COPYFILE_EXCL),
    ).rejects.toMatchObject({ code: 'EEXIST', syscall: 'copyfile' });
    await fs.promises.copyFile(`${COLLECTION}/v1/a.txt`, `${DRAFT}/a.txt`);
    expect(await fs.promises.readFile(`${DRAFT}/a.txt`, 'utf8')).toBe('second');
  });

  test('references go along, and a link to a URI makes one', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.cp(`${COLLECTION}/v1/ref`, `${DRAFT}/copied`);
    await fs.promises.symlink('gs://bucket/other', `${DRAFT}/made`);
    expect(await fs.promises.readlink(`${DRAFT}/made`)).toBe('gs://bucket/other');
    await fs.wandb.commit(DRAFT);
    const files = store.collections.get(STORED_COLLECTION)?.versions.get('v2');
    expect(files?.get('copied')?.uri).toBe('s3://bucket/key');
    expect(files?.get('made')?.uri).toBe('gs://bucket/other');
  });

  test.each([{}, { dereference: true }])('an alias is copied as its version: %j', async (options) => {
    const { fs, store } = mountVersions();
    const before = new Map(store.collections.get(STORED_COLLECTION)?.aliases);
    await fs.promises.cp(`${COLLECTION}/old`, DRAFT, { recursive: true, ...options });
    expect(await fs.promises.readdir(DRAFT)).toEqual(['a.txt', 'dir']);
    await fs.promises.writeFile(`${DRAFT}/a.txt`, 'changed');
    expect(store.collections.get(STORED_COLLECTION)?.aliases).toEqual(before);
    await expect(fs.promises.cp(`${COLLECTION}/old`, `${COLLECTION}/third`, options)).rejects.toMatchObject({
      code: 'ERR_FS_EISDIR',
    });
  });

  test('no copy sets an alias on the server, unless the link itself is meant', async () => {
    const { fs, store } = mountVersions();
    const aliases = store.collections.get(STORED_COLLECTION)?.aliases;
    const before = new Map(aliases);
    await expect(
      fs.promises.cp(`${COLLECTION}/old`, `${COLLECTION}/prod`, { recursive: true }),
    ).rejects.toMatchObject({
      code: 'ERR_FS_CP_DIR_TO_NON_DIR',
    });
    await expect(fs.promises.cp(COLLECTION, 'e/p/t/copy', { recursive: true })).rejects.toMatchObject({
      code: 'EPERM',
      message: expect.stringContaining('set aliases by symlink()'),
    });
    expect(aliases).toEqual(before);
    expect([...store.collections.keys()]).not.toContain('e/p/t/copy');
    await fs.promises.cp(`${COLLECTION}/old`, `${COLLECTION}/alias`, { verbatimSymlinks: true });
    expect(await fs.promises.readlink(`${COLLECTION}/alias`)).toBe('v0');
  });
});

test('a file that is copied onto stays the file that it is, and gets the permissions of the other', async () => {
  const { fs } = mountVersions();
  await fs.promises.mkdir(DRAFT);
  await fs.promises.writeFile(`${DRAFT}/f`, 'old', { mode: 0o600 });
  const before = await fs.promises.stat(`${DRAFT}/f`);
  await fs.promises.copyFile(`${COLLECTION}/v0/a.txt`, `${DRAFT}/f`);
  const after = await fs.promises.stat(`${DRAFT}/f`);
  expect([after.ino, after.mode & 0o777]).toEqual([before.ino, 0o644]);
  expect(await fs.promises.readFile(`${DRAFT}/f`, 'utf8')).toBe('first');
});

test('what is copied from a version can be changed: modes say so', async () => {
  const { fs } = mountVersions();
  await fs.promises.cp(`${COLLECTION}/v0`, DRAFT, { recursive: true });
  for (const path of [DRAFT, `${DRAFT}/dir`, `${DRAFT}/a.txt`]) {
    expect((await fs.promises.stat(path)).mode & 0o200).toBe(0o200);
  }
});
