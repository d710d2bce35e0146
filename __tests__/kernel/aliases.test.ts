import { COLLECTION, DRAFT, mountVersions, STORED_COLLECTION } from './helpers/mount-versions.js';

describe('aliases are links beside versions', () => {
  test('a collection lists versions as directories and aliases as links', async () => {
    const { fs } = mountVersions();
    const dirents = await fs.promises.readdir(COLLECTION, { withFileTypes: true });
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
    expect(await fs.promises.readlink(`${COLLECTION}/old`)).toBe('v0');
    expect((await fs.promises.lstat(`${COLLECTION}/old`)).isSymbolicLink()).toBe(true);
    expect((await fs.promises.lstat(`${COLLECTION}/old`)).size).toBe(2);
    expect((await fs.promises.stat(`${COLLECTION}/old`)).isDirectory()).toBe(true);
    expect(await fs.promises.realpath(`${COLLECTION}/old/dir`)).toBe(`${COLLECTION}/v0/dir`);
    await expect(fs.promises.readlink(`${COLLECTION}/v0`)).rejects.toMatchObject({
      code: 'EINVAL',
      syscall: 'readlink',
    });
  });

  test('a file behind one is found by one look-up, and both names are the same file', async () => {
    const { fs, store } = mountVersions();
    expect(await fs.promises.readFile(`${COLLECTION}/latest/a.txt`, 'utf8')).toBe('second');
    expect(store.log).toEqual(['lookup e/p/t/c/latest/a.txt', 'read e/p/t/c/v1/a.txt']);
    const [through, direct] = await Promise.all([
      fs.promises.stat(`${COLLECTION}/latest/a.txt`),
      fs.promises.stat(`${COLLECTION}/v1/a.txt`),
    ]);
    expect(through.ino).toBe(direct.ino);
    expect(store.log).toHaveLength(2);
  });

  test('one that moved on the server is followed anew when what was seen is too old', async () => {
    let now = 0;
    const { fs, store } = mountVersions(() => now);
    expect(await fs.promises.readFile(`${COLLECTION}/prod/a.txt`, 'utf8')).toBe('second');
    store.collections.get(STORED_COLLECTION)?.aliases.set('prod', 'v0');
    expect(await fs.promises.readFile(`${COLLECTION}/prod/a.txt`, 'utf8')).toBe('second');
    now += 31_000;
    expect(await fs.promises.readFile(`${COLLECTION}/prod/a.txt`, 'utf8')).toBe('first');
  });

  test('an open file stays in its version while the alias moves', async () => {
    const { fs } = mountVersions();
    const handle = await fs.promises.open(`${COLLECTION}/prod/a.txt`);
    await fs.promises.symlink('v0', `${COLLECTION}/prod`);
    expect(await handle.readFile('utf8')).toBe('second');
    await handle.close();
    expect(await fs.promises.readFile(`${COLLECTION}/prod/a.txt`, 'utf8')).toBe('first');
  });

  test('symlink sets one, and moves one that is there', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.symlink('v0', `${COLLECTION}/new`);
    expect(await fs.promises.readlink(`${COLLECTION}/new`)).toBe('v0');
    await fs.promises.symlink(`${COLLECTION}/latest`, `${COLLECTION}/new`);
    expect(await fs.promises.readlink(`${COLLECTION}/new`)).toBe('v1');
    expect(store.collections.get(STORED_COLLECTION)?.aliases.get('new')).toBe('v1');
  });

  test('unlink removes one, and the version stays', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.unlink(`${COLLECTION}/old`);
    await expect(fs.promises.lstat(`${COLLECTION}/old`)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await fs.promises.readFile(`${COLLECTION}/v0/a.txt`, 'utf8')).toBe('first');
    await fs.promises.rm(`${COLLECTION}/prod`);
    expect([...(store.collections.get(STORED_COLLECTION)?.aliases.keys() ?? [])]).toEqual(['latest']);
  });

  test('rename gives one another name, or takes another one over', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.rename(`${COLLECTION}/old`, `${COLLECTION}/older`);
    expect(await fs.promises.readlink(`${COLLECTION}/older`)).toBe('v0');
    await fs.promises.rename(`${COLLECTION}/older`, `${COLLECTION}/prod`);
    expect(Object.fromEntries(store.collections.get(STORED_COLLECTION)?.aliases ?? [])).toEqual({
      latest: 'v1',
      prod: 'v0',
    });
    expect((await fs.promises.readdir(COLLECTION)).sort()).toEqual(['latest', 'prod', 'v0', 'v1']);
  });

  test('a link to a version of another collection links it there', async () => {
    const { fs } = mountVersions();
    await fs.promises.mkdir('/e/p/t/other');
    await fs.promises.symlink(`${COLLECTION}/v0`, '/e/p/t/other/staging');
    expect(await fs.promises.readFile('/e/p/t/other/staging/a.txt', 'utf8')).toBe('first');
    expect(await fs.promises.readdir('/e/p/t/other')).toEqual(['latest', 'staging', 'v0']);
  });

  test.each([
    ['a name that W&B gives to versions', 'v0', `${COLLECTION}/v7`, 'EINVAL'],
    ['a target that is no version', 'nothing', `${COLLECTION}/x`, 'ENOENT'],
    ['a file as the target', `${COLLECTION}/v0/a.txt`, `${COLLECTION}/x`, 'EINVAL'],
    ['a link inside a version', 'a.txt', `${COLLECTION}/v0/x`, 'EROFS'],
    ['a link beside collections', 'c', '/e/p/t/x', 'EPERM'],
    ['a name that a version has', 'v0', `${COLLECTION}/v1`, 'EEXIST'],
    ['a URI beside versions', 's3://bucket/key', `${COLLECTION}/x`, 'EPERM'],
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
    const early = fs.promises
      .stat(`${COLLECTION}/latest/missing`)
      .catch(({ code }: NodeJS.ErrnoException) => code);
    await new Promise(setImmediate);
    await fs.promises.mkdir(DRAFT);
    await fs.promises.writeFile(`${DRAFT}/a.txt`, 'third');
    await fs.promises.writeFile(`${DRAFT}/only2.txt`, '2');
    await fs.wandb.commit(DRAFT);
    arrive();
    expect(await early).toBe('ENOENT');
    expect(await fs.promises.readdir(`${COLLECTION}/v2`)).toEqual(['a.txt', 'only2.txt']);
    expect(await fs.promises.readFile(`${COLLECTION}/latest/a.txt`, 'utf8')).toBe('third');
    expect(await fs.promises.readFile(`${COLLECTION}/v1/a.txt`, 'utf8')).toBe('second');
  });

  test('one that somebody else removed is ENOENT, by one look, and its version stays', async () => {
    let now = 0;
    const { fs, store } = mountVersions(() => now);
    await fs.promises.readFile(`${COLLECTION}/prod/a.txt`);
    store.collections.get(STORED_COLLECTION)?.aliases.delete('prod');
    now += 31_000;
    store.log.length = 0;
    await expect(fs.promises.readFile(`${COLLECTION}/prod/ref`)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(store.log).toEqual(['lookup e/p/t/c/prod/ref']);
    expect(await fs.promises.readFile(`${COLLECTION}/v1/a.txt`, 'utf8')).toBe('second');
  });

  test('a path that demands a directory does not remove or rename what it points to', async () => {
    const { fs, store } = mountVersions();
    for (const change of [
      () => fs.promises.rm(`${COLLECTION}/prod/`, { recursive: true }),
      () => fs.promises.rmdir(`${COLLECTION}/prod/`),
      () => fs.promises.unlink(`${COLLECTION}/prod/`),
      () => fs.promises.rename(`${COLLECTION}/prod/`, `${COLLECTION}/other`),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: expect.stringMatching(/^(ENOTDIR|EISDIR)$/) });
    }
    expect([...(store.collections.get(STORED_COLLECTION)?.versions.keys() ?? [])]).toEqual(['v0', 'v1']);
    expect(await fs.promises.readlink(`${COLLECTION}/prod`)).toBe('v1');
  });

  test('walks through one stay in one version, wherever it moves meanwhile', async () => {
    let now = 0;
    const { fs, store } = mountVersions(() => now);
    const aliases = store.collections.get(STORED_COLLECTION)?.aliases;
    store.addVersion(STORED_COLLECTION, { 'dir/zero.txt': '0', 'other/x': 'x' });
    const read = store.list.bind(store);
    store.list = async function* (path, options) {
      yield* read(path, options);
      aliases?.set('prod', 'v2');
      now += 31_000;
    };
    expect(await fs.promises.readdir(`${COLLECTION}/prod`, { recursive: true })).toEqual([
      'a.txt',
      'dir',
      'ref',
      'dir/b.txt',
    ]);
    aliases?.set('prod', 'v1');
    fs.wandb.refresh();
    const seen: string[] = [];
    for await (const { name } of await fs.promises.opendir(`${COLLECTION}/prod`, { recursive: true }))
      seen.push(name);
    expect(seen.sort()).toEqual(['a.txt', 'b.txt', 'dir', 'ref']);
    aliases?.set('prod', 'v1');
    fs.wandb.refresh();
    const filtered: string[] = [];
    await fs.promises.cp(`${COLLECTION}/prod`, DRAFT, {
      recursive: true,
      dereference: true,
      filter: (from) => filtered.push(from) > 0,
    });
    expect(await fs.promises.readdir(DRAFT, { recursive: true })).toEqual([
      'a.txt',
      'dir',
      'ref',
      'dir/b.txt',
    ]);
    expect(filtered).toContain(`${COLLECTION}/prod/dir/b.txt`);
  });
});
