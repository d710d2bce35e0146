import { treePath } from '../../src/contract/tree-path.js';
import { mountVersions } from './helpers/mount-versions.js';

const C = '/e/p/t/c';
const D = `${C}/draft`;

describe('a draft', () => {
  test('is a directory that only its maker sees, and costs no request but the look at its name', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    const before = store.log.length;
    await fs.promises.writeFile(`${D}/a.txt`, 'one');
    await fs.promises.mkdir(`${D}/dir`);
    await fs.promises.appendFile(`${D}/dir/b.txt`, 'two');
    expect(await fs.promises.readFile(`${D}/dir/b.txt`, 'utf8')).toBe('two');
    expect(await fs.promises.readdir(D, { recursive: true })).toEqual(['a.txt', 'dir', 'dir/b.txt']);
    await fs.wandb.flush();
    expect(store.log).toHaveLength(before);
    expect(store.collections.get(treePath('e/p/t/c'))?.versions.size).toBe(2);
    expect(await fs.promises.readdir(C)).toContain('draft');
  });

  test.each([
    ['v3', 'EINVAL'],
    ['@commit', 'EINVAL'],
    ['latest', 'EEXIST'],
    ['v0', 'EEXIST'],
  ])('can not be called %s: %s', async (name, code) => {
    const { fs } = mountVersions();
    await expect(fs.promises.mkdir(`${C}/${name}`)).rejects.toMatchObject({ code, syscall: 'mkdir' });
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
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/a.txt`, 'one');
    await fs.promises.cp(`${C}/v0/dir`, `${D}/dir`, { recursive: true });
    now += 60_000;
    expect(await fs.promises.readdir(C)).toContain('draft');
    now += 60_000;
    await expect(fs.promises.stat(`${C}/nothing`)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await fs.promises.readdir(D)).toEqual(['a.txt', 'dir']);
  });

  test('files live in drafts, not beside versions', async () => {
    const { fs } = mountVersions();
    await expect(fs.promises.writeFile(`${C}/file`, 'x')).rejects.toMatchObject({ code: 'EPERM' });
  });

  test('can be renamed beside versions, but not to another collection or into one', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/a`, '1');
    await fs.promises.rename(D, `${C}/other`);
    expect(await fs.promises.readFile(`${C}/other/a`, 'utf8')).toBe('1');
    await expect(fs.promises.rename(`${C}/other`, '/e/p/t/x')).rejects.toMatchObject({ code: 'EXDEV' });
    await expect(fs.promises.rename(`${C}/other`, `${C}/v9`)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(fs.promises.rename(`${C}/other`, `${C}/latest`)).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(fs.promises.rename(`${C}/other`, `${C}/v0`)).rejects.toMatchObject({ code: 'ENOTEMPTY' });
    await expect(fs.promises.rename(`${C}/other/a`, `${C}/v0/a`)).rejects.toMatchObject({ code: 'EROFS' });
  });
});

describe('a draft keeps what it holds', () => {
  test('when its name is wanted for an alias', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(`${C}/best`);
    await fs.promises.copyFile(`${C}/v0/a.txt`, `${C}/best/a.txt`);
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/b.txt`, 'b');
    await expect(fs.promises.rename(D, `${C}/@commit+best`)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(fs.wandb.commit(D, { aliases: ['best'] })).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(fs.promises.symlink('v0', `${C}/best`)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await fs.promises.readdir(`${C}/best`)).toEqual(['a.txt']);
    expect(await fs.promises.readdir(D)).toEqual(['b.txt']);
  });

  test('when somebody else gives its name to an alias', async () => {
    let now = 0;
    const { fs, store } = mountVersions(() => now);
    await fs.promises.mkdir(D);
    await fs.promises.copyFile(`${C}/v0/a.txt`, `${D}/a.txt`);
    store.collections.get(treePath('e/p/t/c'))?.aliases.set('draft', 'v1');
    now += 31_000;
    await fs.promises.readdir(C);
    await fs.promises.stat(`${D}/a.txt`);
    expect(await fs.promises.readdir(D)).toEqual(['a.txt']);
  });

  test('when a version can not be copied over a file of it', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/f`, 'kept');
    await expect(fs.promises.cp(`${C}/old`, `${D}/f`)).rejects.toMatchObject({
      code: 'ERR_FS_CP_DIR_TO_NON_DIR',
    });
    expect(await fs.promises.readFile(`${D}/f`, 'utf8')).toBe('kept');
  });

  test('when a name that demands a directory is copied onto', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/f`, 'kept');
    for (const name of ['f/', 'new/']) {
      await expect(fs.promises.copyFile(`${C}/v0/a.txt`, `${D}/${name}`)).rejects.toMatchObject({
        code: expect.stringMatching(/^(ENOTDIR|EISDIR)$/),
      });
    }
    expect(await fs.promises.readdir(D)).toEqual(['f']);
  });

  test('when a reference is made in it while it is committed: that waits, and finds it gone', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    let go = (): void => {};
    store.nextCommit = {
      until: new Promise((resolve) => {
        go = resolve;
      }),
    };
    const committing = fs.wandb.commit(D);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const linking = fs.promises.symlink('s3://bucket/key', `${D}/ref`);
    const refused = expect(linking).rejects.toMatchObject({ code: 'ENOENT' });
    go();
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
