import { treePath } from '../../src/contract/tree-path.js';
import { mountVersions } from './helpers/mount-versions.js';

const C = '/e/p/t/c';

describe('aliases are links beside versions', () => {
  test('a collection lists versions as directories and aliases as links', async () => {
    const { fs } = mountVersions();
    const dirents = await fs.promises.readdir(C, { withFileTypes: true });
    expect(
      dirents.map((dirent) => [dirent.name, dirent.isDirectory(), dirent.isSymbolicLink()] as const),
    ).toEqual([
      ['latest', false, true],
      ['old', false, true],
      ['prod', false, true],
      ['v0', true, false],
      ['v1', true, false],
    ]);
  });

  test('readlink, lstat, stat and realpath tell them apart', async () => {
    const { fs } = mountVersions();
    expect(await fs.promises.readlink(`${C}/old`)).toBe('v0');
    expect((await fs.promises.lstat(`${C}/old`)).isSymbolicLink()).toBe(true);
    expect((await fs.promises.lstat(`${C}/old`)).size).toBe(2);
    expect((await fs.promises.stat(`${C}/old`)).isDirectory()).toBe(true);
    expect(await fs.promises.realpath(`${C}/old/dir`)).toBe(`${C}/v0/dir`);
    await expect(fs.promises.readlink(`${C}/v0`)).rejects.toMatchObject({
      code: 'EINVAL',
      syscall: 'readlink',
    });
  });

  test('a file behind one is found by one look-up, and both names are the same file', async () => {
    const { fs, store } = mountVersions();
    expect(await fs.promises.readFile(`${C}/latest/a.txt`, 'utf8')).toBe('second');
    expect(store.log).toEqual(['lookup e/p/t/c/latest/a.txt', 'read e/p/t/c/v1/a.txt']);
    const [through, direct] = await Promise.all([
      fs.promises.stat(`${C}/latest/a.txt`),
      fs.promises.stat(`${C}/v1/a.txt`),
    ]);
    expect(through.ino).toBe(direct.ino);
    expect(store.log).toHaveLength(2);
  });

  test('one that moved on the server is followed anew when what was seen is too old', async () => {
    let now = 0;
    const { fs, store } = mountVersions(() => now);
    expect(await fs.promises.readFile(`${C}/prod/a.txt`, 'utf8')).toBe('second');
    store.collections.get(treePath('e/p/t/c'))?.aliases.set('prod', 'v0');
    expect(await fs.promises.readFile(`${C}/prod/a.txt`, 'utf8')).toBe('second');
    now += 31_000;
    expect(await fs.promises.readFile(`${C}/prod/a.txt`, 'utf8')).toBe('first');
  });

  test('an open file stays in its version while the alias moves', async () => {
    const { fs } = mountVersions();
    const handle = await fs.promises.open(`${C}/prod/a.txt`);
    await fs.promises.symlink('v0', `${C}/prod`);
    expect(await handle.readFile('utf8')).toBe('second');
    await handle.close();
    expect(await fs.promises.readFile(`${C}/prod/a.txt`, 'utf8')).toBe('first');
  });

  test('symlink sets one, and moves one that is there', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.symlink('v0', `${C}/new`);
    expect(await fs.promises.readlink(`${C}/new`)).toBe('v0');
    await fs.promises.symlink(`${C}/latest`, `${C}/new`);
    expect(await fs.promises.readlink(`${C}/new`)).toBe('v1');
    expect(store.collections.get(treePath('e/p/t/c'))?.aliases.get('new')).toBe('v1');
  });

  test('unlink removes one, and the version stays', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.unlink(`${C}/old`);
    await expect(fs.promises.lstat(`${C}/old`)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await fs.promises.readFile(`${C}/v0/a.txt`, 'utf8')).toBe('first');
    await fs.promises.rm(`${C}/prod`);
    expect([...(store.collections.get(treePath('e/p/t/c'))?.aliases.keys() ?? [])]).toEqual(['latest']);
  });

  test('rename gives one another name, or takes another one over', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.rename(`${C}/old`, `${C}/older`);
    expect(await fs.promises.readlink(`${C}/older`)).toBe('v0');
    await fs.promises.rename(`${C}/older`, `${C}/prod`);
    expect(Object.fromEntries(store.collections.get(treePath('e/p/t/c'))?.aliases ?? [])).toEqual({
      latest: 'v1',
      prod: 'v0',
    });
    expect((await fs.promises.readdir(C)).sort()).toEqual(['latest', 'prod', 'v0', 'v1']);
  });

  test('a link to a version of another collection links it there', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir('/e/p/t/other');
    await fs.promises.symlink(`${C}/v0`, '/e/p/t/other/staging');
    expect(await fs.promises.readFile('/e/p/t/other/staging/a.txt', 'utf8')).toBe('first');
    expect(await fs.promises.readdir('/e/p/t/other')).toEqual(['latest', 'staging', 'v0']);
  });

  test.each([
    ['a name that W&B gives to versions', 'v0', `${C}/v7`, 'EINVAL'],
    ['a target that is no version', 'nothing', `${C}/x`, 'ENOENT'],
    ['a file as the target', `${C}/v0/a.txt`, `${C}/x`, 'EINVAL'],
    ['a link inside a version', 'a.txt', `${C}/v0/x`, 'EROFS'],
    ['a link beside collections', 'c', '/e/p/t/x', 'EPERM'],
    ['a name that a version has', 'v0', `${C}/v1`, 'EEXIST'],
    ['a URI beside versions', 's3://bucket/key', `${C}/x`, 'EPERM'],
  ])('%s is refused', async (_what, target, path, code) => {
    const { fs } = mountVersions();
    await expect(fs.promises.symlink(target, path)).rejects.toMatchObject({
      code,
      syscall: 'symlink',
      dest: path,
    });
  });

  test('an answer that comes after the alias has moved speaks of the version that it was asked of', async () => {
    const { fs, store } = mountVersions();
    let arrive = (): void => {};
    store.heldLookup = new Promise((resolve) => {
      arrive = resolve;
    });
    const early = fs.promises.stat(`${C}/latest/missing`).catch(({ code }: NodeJS.ErrnoException) => code);
    await new Promise(setImmediate);
    await fs.promises.mkdir(`${C}/draft`);
    await fs.promises.writeFile(`${C}/draft/a.txt`, 'third');
    await fs.promises.writeFile(`${C}/draft/only2.txt`, '2');
    await fs.wandb.commit(`${C}/draft`);
    arrive();
    expect(await early).toBe('ENOENT');
    expect(await fs.promises.readdir(`${C}/v2`)).toEqual(['a.txt', 'only2.txt']);
    expect(await fs.promises.readFile(`${C}/latest/a.txt`, 'utf8')).toBe('third');
    expect(await fs.promises.readFile(`${C}/v1/a.txt`, 'utf8')).toBe('second');
  });

  test('one that somebody else removed is ENOENT, by one look, and its version stays', async () => {
    let now = 0;
    const { fs, store } = mountVersions(() => now);
    await fs.promises.readFile(`${C}/prod/a.txt`);
    store.collections.get(treePath('e/p/t/c'))?.aliases.delete('prod');
    now += 31_000;
    store.log.length = 0;
    await expect(fs.promises.readFile(`${C}/prod/ref`)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(store.log).toEqual(['lookup e/p/t/c/prod/ref']);
    expect(await fs.promises.readFile(`${C}/v1/a.txt`, 'utf8')).toBe('second');
  });

  test('a path that demands a directory does not remove or rename what it points to', async () => {
    const { fs, store } = mountVersions();
    for (const change of [
      () => fs.promises.rm(`${C}/prod/`, { recursive: true }),
      () => fs.promises.rmdir(`${C}/prod/`),
      () => fs.promises.unlink(`${C}/prod/`),
      () => fs.promises.rename(`${C}/prod/`, `${C}/other`),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: expect.stringMatching(/^(ENOTDIR|EISDIR)$/) });
    }
    expect([...(store.collections.get(treePath('e/p/t/c'))?.versions.keys() ?? [])]).toEqual(['v0', 'v1']);
    expect(await fs.promises.readlink(`${C}/prod`)).toBe('v1');
  });

  test('walks through one stay in one version, wherever it moves meanwhile', async () => {
    let now = 0;
    const { fs, store } = mountVersions(() => now);
    const aliases = store.collections.get(treePath('e/p/t/c'))?.aliases;
    store.addVersion(treePath('e/p/t/c'), { 'dir/zero.txt': '0', 'other/x': 'x' });
    const read = store.list.bind(store);
    store.list = async function* (path, options) {
      yield* read(path, options);
      aliases?.set('prod', 'v2');
      now += 31_000;
    };
    expect(await fs.promises.readdir(`${C}/prod`, { recursive: true })).toEqual([
      'a.txt',
      'dir',
      'ref',
      'dir/b.txt',
    ]);
    aliases?.set('prod', 'v1');
    fs.wandb.refresh();
    const seen: string[] = [];
    for await (const { name } of await fs.promises.opendir(`${C}/prod`, { recursive: true })) seen.push(name);
    expect(seen.sort()).toEqual(['a.txt', 'b.txt', 'dir', 'ref']);
    aliases?.set('prod', 'v1');
    fs.wandb.refresh();
    const filtered: string[] = [];
    await fs.promises.cp(`${C}/prod`, `${C}/draft`, {
      recursive: true,
      dereference: true,
      filter: (from) => filtered.push(from) > 0,
    });
    expect(await fs.promises.readdir(`${C}/draft`, { recursive: true })).toEqual([
      'a.txt',
      'dir',
      'ref',
      'dir/b.txt',
    ]);
    expect(filtered).toContain(`${C}/prod/dir/b.txt`);
  });
});
