import { treePath } from '../../src/contract/tree-path.js';
import { COLLECTION, DRAFT, holdCommit, mountVersions, STORED_COLLECTION } from './helpers/mount-versions.js';

describe('a draft', () => {
  test('is a directory that only its maker sees, and costs no request but the look at its name', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    const before = store.log.length;
    await fs.promises.writeFile(`${DRAFT}/a.txt`, 'one');
    await fs.promises.mkdir(`${DRAFT}/dir`);
    await fs.promises.appendFile(`${DRAFT}/dir/b.txt`, 'two');
    expect(await fs.promises.readFile(`${DRAFT}/dir/b.txt`, 'utf8')).toBe('two');
    expect(await fs.promises.readdir(DRAFT, { recursive: true })).toEqual(['a.txt', 'dir', 'dir/b.txt']);
    await fs.wandb.flush();
    expect(store.log).toHaveLength(before);
    expect(store.collections.get(STORED_COLLECTION)?.versions.size).toBe(2);
    expect(await fs.promises.readdir(COLLECTION)).toContain('draft');
  });

  test.each([
    ['v3', 'EINVAL'],
    ['@commit', 'EINVAL'],
    ['latest', 'EEXIST'],
    ['v0', 'EEXIST'],
  ])('can not be called %s: %s', async (name, code) => {
    const { fs } = mountVersions();
    await expect(fs.promises.mkdir(`${COLLECTION}/${name}`)).rejects.toMatchObject({
      code,
      syscall: 'mkdir',
    });
  });

  test('can not be called latest where nothing is yet: EINVAL', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir('/e/p/t/new');
    await expect(fs.promises.mkdir('/e/p/t/new/latest')).rejects.toMatchObject({ code: 'EINVAL' });
  });

  test('can be made with the collection and the type that it will begin', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir('/e/p/model/net/draft', { recursive: true });
    await fs.promises.writeFile('/e/p/model/net/draft/w', '1');
    expect(await fs.promises.readdir('/e/p/model/net')).toEqual(['draft']);
    expect(await fs.wandb.commit('/e/p/model/net/draft')).toMatchObject({ version: 'v0' });
    expect(await fs.promises.readdir('/e/p/model/net')).toEqual(['latest', 'v0']);
    expect(store.collections.has(treePath('e/p/model/net'))).toBe(true);
    expect((await fs.promises.readdir('/e/p')).sort()).toEqual(['model', 't']);
  });

  test('what was made and never committed is removed again without a request', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir('/e/p/model/net/draft', { recursive: true });
    await fs.promises.writeFile('/e/p/model/net/draft/w', '1');
    const before = store.log.length;
    await fs.promises.rm('/e/p/model/net/draft', { recursive: true });
    await fs.promises.rmdir('/e/p/model/net');
    await fs.promises.rmdir('/e/p/model');
    expect(store.log).toHaveLength(before);
    expect(fs.existsSync('/e/p/model')).toBe(false);
  });

  test('survives that its collection is listed anew', async () => {
    let now = 0;
    const { fs } = mountVersions(() => now);
    await fs.promises.mkdir(DRAFT);
    await fs.promises.writeFile(`${DRAFT}/a.txt`, 'one');
    await fs.promises.cp(`${COLLECTION}/v0/dir`, `${DRAFT}/dir`, { recursive: true });
    now += 60_000;
    expect(await fs.promises.readdir(COLLECTION)).toContain('draft');
    now += 60_000;
    await expect(fs.promises.stat(`${COLLECTION}/nothing`)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await fs.promises.readdir(DRAFT)).toEqual(['a.txt', 'dir']);
  });

  test('files live in drafts, not beside versions', async () => {
    const { fs } = mountVersions();
    await expect(fs.promises.writeFile(`${COLLECTION}/file`, 'x')).rejects.toMatchObject({ code: 'EPERM' });
  });

  test('can be renamed beside versions, but not to another collection or into one', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.writeFile(`${DRAFT}/a`, '1');
    await fs.promises.rename(DRAFT, `${COLLECTION}/other`);
    expect(await fs.promises.readFile(`${COLLECTION}/other/a`, 'utf8')).toBe('1');
    await expect(fs.promises.rename(`${COLLECTION}/other`, '/e/p/t/x')).rejects.toMatchObject({
      code: 'EXDEV',
    });
    await expect(fs.promises.rename(`${COLLECTION}/other`, `${COLLECTION}/v9`)).rejects.toMatchObject({
      code: 'EINVAL',
    });
    await expect(fs.promises.rename(`${COLLECTION}/other`, `${COLLECTION}/latest`)).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
    await expect(fs.promises.rename(`${COLLECTION}/other`, `${COLLECTION}/v0`)).rejects.toMatchObject({
      code: 'ENOTEMPTY',
    });
    await expect(fs.promises.rename(`${COLLECTION}/other/a`, `${COLLECTION}/v0/a`)).rejects.toMatchObject({
      code: 'EROFS',
    });
  });
});

describe('a draft keeps what it holds', () => {
  test('when its name is wanted for an alias', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(`${COLLECTION}/best`);
    await fs.promises.copyFile(`${COLLECTION}/v0/a.txt`, `${COLLECTION}/best/a.txt`);
    await fs.promises.mkdir(DRAFT);
    await fs.promises.writeFile(`${DRAFT}/b.txt`, 'b');
    await expect(fs.promises.rename(DRAFT, `${COLLECTION}/@commit+best`)).rejects.toMatchObject({
      code: 'EEXIST',
    });
    await expect(fs.wandb.commit(DRAFT, { aliases: ['best'] })).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(fs.promises.symlink('v0', `${COLLECTION}/best`)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await fs.promises.readdir(`${COLLECTION}/best`)).toEqual(['a.txt']);
    expect(await fs.promises.readdir(DRAFT)).toEqual(['b.txt']);
  });

  test('when somebody else gives its name to an alias', async () => {
    let now = 0;
    const { fs, store } = mountVersions(() => now);
    await fs.promises.mkdir(DRAFT);
    await fs.promises.copyFile(`${COLLECTION}/v0/a.txt`, `${DRAFT}/a.txt`);
    store.collections.get(STORED_COLLECTION)?.aliases.set('draft', 'v1');
    now += 31_000;
    await fs.promises.readdir(COLLECTION);
    await fs.promises.stat(`${DRAFT}/a.txt`);
    expect(await fs.promises.readdir(DRAFT)).toEqual(['a.txt']);
  });

  test('when a version can not be copied over a file of it', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.writeFile(`${DRAFT}/f`, 'kept');
    await expect(fs.promises.cp(`${COLLECTION}/old`, `${DRAFT}/f`)).rejects.toMatchObject({
      code: 'ERR_FS_CP_DIR_TO_NON_DIR',
    });
    expect(await fs.promises.readFile(`${DRAFT}/f`, 'utf8')).toBe('kept');
  });

  test('when a name that demands a directory is copied onto', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.writeFile(`${DRAFT}/f`, 'kept');
    for (const name of ['f/', 'new/']) {
      await expect(fs.promises.copyFile(`${COLLECTION}/v0/a.txt`, `${DRAFT}/${name}`)).rejects.toMatchObject({
        code: expect.stringMatching(/^(ENOTDIR|EISDIR)$/),
      });
    }
    expect(await fs.promises.readdir(DRAFT)).toEqual(['f']);
  });

  test('when a reference is made in it while it is committed: that waits, and finds it gone', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    const letGo = holdCommit(store);
    const committing = fs.wandb.commit(DRAFT);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const linking = fs.promises.symlink('s3://bucket/key', `${DRAFT}/ref`);
    const refused = expect(linking).rejects.toMatchObject({ code: 'ENOENT' });
    letGo();
    await committing;
    await refused;
  });
});

test('a directory made here that somebody has begun meanwhile is no more only here', async () => {
  let now = 0;
  const { fs, store } = mountVersions(() => now);
  await fs.promises.mkdir('/e/p/t/mine');
  store.addVersion(treePath('e/p/t/mine'), { 'a.txt': 'theirs' });
  now += 31_000;
  await fs.promises.rm('/e/p/t/mine', { recursive: true });
  expect(store.log).toContain('rmdir e/p/t/mine');
});
