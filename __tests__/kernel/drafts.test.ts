import { Failure } from '../../src/contract/failure.js';
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

describe('a commit', () => {
  test('makes the draft a version, with its aliases, and the draft is gone', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/a.txt`, 'third');
    const options = { aliases: ['prod'], description: 'why', metadata: { lr: 1 }, tags: ['t'] };
    expect(await fs.wandb.commit(D, options)).toEqual({
      version: 'v2',
      id: 'id',
      digest: expect.stringMatching(/^[0-9a-f]{32}$/),
      aliases: ['latest', 'prod'],
      deduplicated: false,
    });
    expect(store.options).toMatchObject(options);
    expect(await fs.promises.readdir(C)).toEqual(['latest', 'old', 'prod', 'v0', 'v1', 'v2']);
    expect(await fs.promises.readlink(`${C}/prod`)).toBe('v2');
    expect(await fs.promises.readFile(`${C}/latest/a.txt`, 'utf8')).toBe('third');
  });

  test('can be a rename, for who knows only `fs`', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/a.txt`, 'third');
    await fs.promises.rename(D, `${C}/@commit+prod+best`);
    expect(store.options?.aliases).toEqual(['prod', 'best']);
    expect(await fs.promises.readlink(`${C}/best`)).toBe('v2');
    await fs.promises.mkdir(D);
    await fs.promises.rename(D, `${C}/@commit`);
    expect(store.options?.aliases).toEqual([]);
    expect(fs.existsSync(D)).toBe(false);
  });

  test('that fails leaves the draft as it was, to be committed again', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/a.txt`, 'third');
    store.nextCommit = { fail: new Failure('EIO', 'An upload failed.') };
    await expect(fs.wandb.commit(D)).rejects.toMatchObject({ code: 'EIO', syscall: 'commit', path: D });
    expect(store.collections.get(treePath('e/p/t/c'))?.versions.size).toBe(2);
    expect(await fs.promises.readFile(`${D}/a.txt`, 'utf8')).toBe('third');
    expect(await fs.wandb.commit(D)).toMatchObject({ version: 'v2' });
  });

  test('shows the draft until the version is there; who writes into it meanwhile waits', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/a.txt`, 'third');
    let go = (): void => {};
    store.nextCommit = {
      until: new Promise((resolve) => {
        go = resolve;
      }),
    };
    const committing = fs.wandb.commit(D);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await fs.promises.readFile(`${D}/a.txt`, 'utf8')).toBe('third');
    const writing = fs.promises.writeFile(`${D}/late.txt`, 'x');
    go();
    expect(await committing).toMatchObject({ version: 'v2' });
    await expect(writing).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await fs.promises.readdir(`${C}/v2`)).toEqual(['a.txt']);
  });

  test('waits for no open writer: it is refused', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    const handle = await fs.promises.open(`${D}/a.txt`, 'w');
    await expect(fs.wandb.commit(D)).rejects.toMatchObject({ code: 'EBUSY' });
    await handle.close();
    const reader = await fs.promises.open(`${D}/a.txt`);
    await fs.wandb.commit(D);
    expect(await reader.readFile('utf8')).toBe('');
    await reader.close();
    expect(store.collections.get(treePath('e/p/t/c'))?.versions.size).toBe(3);
  });

  test.each([
    ['a version', `${C}/v0`],
    ['a collection', C],
    ['an alias', `${C}/latest`],
  ])('of %s is EINVAL', async (_what, path) => {
    const { fs } = mountVersions();
    await expect(fs.wandb.commit(path)).rejects.toMatchObject({ code: 'EINVAL', syscall: 'commit' });
  });

  test.each([
    [{ aliases: 'prod' }, 'ERR_INVALID_ARG_TYPE'],
    [{ ttl: 0 }, 'ERR_INVALID_ARG_VALUE'],
    [{ digestAlgorithm: 'SHA1' }, 'ERR_INVALID_ARG_VALUE'],
    [{ alias: ['prod'] }, 'ERR_INVALID_ARG_VALUE'],
    [{ metadata: 7 }, 'ERR_INVALID_ARG_TYPE'],
    [{ metadata: new Map([['lr', 1]]) }, 'ERR_INVALID_ARG_VALUE'],
    [{ metadata: { labels: new Set(['a']) } }, 'ERR_INVALID_ARG_VALUE'],
  ])('with %j is refused before anything happens', async (options, code) => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    const before = store.log.length;
    await expect(fs.wandb.commit(D, options as object)).rejects.toMatchObject({ code });
    expect(store.log).toHaveLength(before);
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

test('a directory made here that somebody has begun meanwhile is no more only here', async () => {
  let now = 0;
  const { fs, store } = mountVersions(() => now);
  await fs.promises.mkdir('/e/p/t/mine');
  store.addVersion(treePath('e/p/t/mine'), { 'a.txt': 'theirs' });
  now += 31_000;
  await fs.promises.rm('/e/p/t/mine', { recursive: true });
  expect(store.log).toContain('rmdir e/p/t/mine');
});

describe('names in `@commit+…` are those that the tree shows', () => {
  test.each([
    ['@commit+%2E', ['.']],
    ['@commit+a b+ü', ['a b', 'ü']],
  ])('%s', async (name, aliases) => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.rename(D, `${C}/${name}`);
    expect(store.options?.aliases).toEqual(aliases);
  });

  test.each(['@commit+@x', '@commit+v7'])('%s is EINVAL', async (name) => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(D);
    await expect(fs.promises.rename(D, `${C}/${name}`)).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

describe('where no sync call can wait, a change is refused before it is sent', () => {
  test('commitSync, renameSync and unlinkSync', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.readdir(C);
    for (const change of [
      () => fs.wandb.commitSync(D),
      () => fs.renameSync(D, `${C}/@commit`),
      () => fs.unlinkSync(`${C}/prod`),
    ]) {
      expect(change).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(store.log.filter((line) => /^(commit|remove)/.test(line))).toEqual([]);
    expect(await fs.wandb.commit(D)).toMatchObject({ version: 'v2' });
  });
});

describe('metadata is what JSON makes of it, and the caller may go on changing his', () => {
  test.each([
    ['a date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['a URL', { u: new URL('http://a/b') }, { u: 'http://a/b' }],
    ['NaN', { x: Number.NaN }, { x: null }],
    ['undefined', { x: undefined }, {}],
  ])('%s', async (_what, metadata, plain) => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.wandb.commit(D, { metadata });
    expect(store.options?.metadata).toEqual(plain);
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  test.each([
    ['a function', { f: () => {} }],
    ['a bigint', { n: 1n }],
    ['infinity', { x: Number.POSITIVE_INFINITY }],
    ['a cycle', cycle],
  ])('%s is refused', async (_what, metadata) => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(D);
    await expect(fs.wandb.commit(D, { metadata })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });
});
