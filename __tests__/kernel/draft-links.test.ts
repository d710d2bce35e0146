import type { WandbFs } from '../../src/index.js';
import { COLLECTION, DRAFT, mountVersions, STORED_COLLECTION } from './helpers/mount-versions.js';
import type { VersionStore } from './helpers/version-store.js';

async function mountDraft(): Promise<{ fs: WandbFs; store: VersionStore }> {
  const mounted = mountVersions();
  await mounted.fs.promises.mkdir(`${DRAFT}/dir`, { recursive: true });
  await mounted.fs.promises.writeFile(`${DRAFT}/a`, 'one');
  await mounted.fs.promises.writeFile(`${DRAFT}/dir/b`, 'two');
  return mounted;
}

const committed = ({ collections }: VersionStore, version = 'v2') =>
  Object.fromEntries(collections.get(STORED_COLLECTION)?.versions.get(version) ?? []);

describe('a symbolic link in a draft', () => {
  test.each([
    ['of a name beside it', 'a'],
    ['that climbs', './dir/../a'],
    ['of an absolute path', `${DRAFT}/a`],
  ])('%s tells its text, and leads there', async (_what, text) => {
    const { fs } = await mountDraft();
    await fs.promises.symlink(text, `${DRAFT}/link`);
    expect(await fs.promises.readlink(`${DRAFT}/link`)).toBe(text);
    expect(await fs.promises.readFile(`${DRAFT}/link`, 'utf8')).toBe('one');
    expect(await fs.promises.realpath(`${DRAFT}/link`)).toBe(`${DRAFT}/a`);
    const stats = await fs.promises.lstat(`${DRAFT}/link`);
    expect([stats.isSymbolicLink(), stats.size, stats.mode & 0o777]).toEqual([true, text.length, 0o777]);
    await fs.promises.writeFile(`${DRAFT}/link`, 'changed');
    expect(await fs.promises.readFile(`${DRAFT}/a`, 'utf8')).toBe('changed');
  });

  test('leads from where it is: out of the directory that it really is in', async () => {
    const { fs } = await mountDraft();
    await fs.promises.symlink('../a', `${DRAFT}/dir/up`);
    await fs.promises.symlink('dir', `${DRAFT}/way`);
    expect(await fs.promises.readFile(`${DRAFT}/way/up`, 'utf8')).toBe('one');
    await fs.promises.symlink('way/../a', `${DRAFT}/around`);
    expect(await fs.promises.readFile(`${DRAFT}/around`, 'utf8')).toBe('one');
    await fs.promises.rename(`${DRAFT}/dir/up`, `${DRAFT}/up`);
    await expect(fs.promises.readFile(`${DRAFT}/up`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('that leads to itself, by whatever way, is ELOOP', async () => {
    const { fs } = await mountDraft();
    await fs.promises.symlink('self/../self', `${DRAFT}/self`);
    await fs.promises.symlink('pong', `${DRAFT}/ping`);
    await fs.promises.symlink('ping', `${DRAFT}/pong`);
    for (const name of ['self', 'ping', 'ping/below'])
      await expect(fs.promises.stat(`${DRAFT}/${name}`)).rejects.toMatchObject({
        code: 'ELOOP',
        syscall: 'stat',
      });
  });

  test.each([
    ['nothing', '', 'ENOENT'],
    ['4096 bytes', 'x'.repeat(4096), 'ENAMETOOLONG'],
    ['half a character', 'x\ud800', 'EILSEQ'],
  ])('is not made to %s', async (_what, text, code) => {
    const { fs } = await mountDraft();
    await expect(fs.promises.symlink(text, `${DRAFT}/link`)).rejects.toMatchObject({
      code,
      syscall: 'symlink',
    });
    await fs.promises.symlink('x'.repeat(4095), `${DRAFT}/long`);
    await expect(fs.promises.stat(`${DRAFT}/long`)).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
  });

  test('40 links are followed, 41 are too many', async () => {
    const { fs } = await mountDraft();
    for (let index = 0; index < 41; index++)
      await fs.promises.symlink(index === 0 ? 'a' : `l${index - 1}`, `${DRAFT}/l${index}`);
    expect(fs.readFileSync(`${DRAFT}/l39`, 'utf8')).toBe('one');
    expect(() => fs.readFileSync(`${DRAFT}/l40`)).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  });

  test('to a file of a version reads it, and cannot change it', async () => {
    const { fs } = await mountDraft();
    await fs.promises.symlink('../old/a.txt', `${DRAFT}/link`);
    expect(await fs.promises.readFile(`${DRAFT}/link`, 'utf8')).toBe('first');
    await expect(fs.promises.writeFile(`${DRAFT}/link`, 'x')).rejects.toMatchObject({ code: 'EROFS' });
  });

  test('out of the tree can be made, and leads nowhere', async () => {
    const { fs } = await mountDraft();
    await fs.promises.symlink('../../../../../../etc', `${DRAFT}/link`);
    expect(fs.existsSync(`${DRAFT}/link`)).toBe(false);
    expect(fs.lstatSync(`${DRAFT}/link`).isSymbolicLink()).toBe(true);
  });
});

describe('a hard link in a draft', () => {
  test('is another name of the same file', async () => {
    const { fs } = await mountDraft();
    await fs.promises.link(`${DRAFT}/a`, `${DRAFT}/dir/also`);
    const [one, other] = [fs.statSync(`${DRAFT}/a`), fs.statSync(`${DRAFT}/dir/also`)];
    expect([one.nlink, one.ino]).toEqual([2, other.ino]);
    await fs.promises.appendFile(`${DRAFT}/dir/also`, '!');
    await fs.promises.chmod(`${DRAFT}/a`, 0o600);
    expect(fs.readFileSync(`${DRAFT}/a`, 'utf8')).toBe('one!');
    expect(fs.statSync(`${DRAFT}/dir/also`).mode & 0o777).toBe(0o600);
    await fs.promises.unlink(`${DRAFT}/a`);
    expect([fs.readFileSync(`${DRAFT}/dir/also`, 'utf8'), fs.statSync(`${DRAFT}/dir/also`).nlink]).toEqual([
      'one!',
      1,
    ]);
  });

  test('keeps what is written by an fd of a name that is gone', async () => {
    const { fs, store } = await mountDraft();
    const fd = fs.openSync(`${DRAFT}/a`, 'r+');
    fs.linkSync(`${DRAFT}/a`, `${DRAFT}/dir/also`);
    fs.rmSync(`${DRAFT}/a`);
    fs.writeSync(fd, 'ONE');
    fs.linkSync(`${DRAFT}/dir/also`, `${DRAFT}/third`);
    fs.rmSync(`${DRAFT}/dir`, { recursive: true });
    fs.writeSync(fd, '?');
    expect(fs.fstatSync(fd).nlink).toBe(1);
    fs.closeSync(fd);
    expect(fs.readFileSync(`${DRAFT}/third`, 'utf8')).toBe('ONE?');
    await fs.wandb.commit(DRAFT);
    expect(committed(store)).toEqual({ third: { bytes: 'ONE?' } });
  });

  test('of a file that was copied from a version is one file too', async () => {
    const { fs, store } = await mountDraft();
    await fs.promises.copyFile(`${COLLECTION}/v0/a.txt`, `${DRAFT}/copy`);
    await fs.promises.link(`${DRAFT}/copy`, `${DRAFT}/also`);
    await fs.promises.appendFile(`${DRAFT}/also`, '!');
    expect(fs.readFileSync(`${DRAFT}/copy`, 'utf8')).toBe('first!');
    await fs.promises.copyFile(`${COLLECTION}/v1/a.txt`, `${DRAFT}/copy`);
    expect(await fs.promises.readFile(`${DRAFT}/also`, 'utf8')).toBe('second');
    await fs.wandb.commit(DRAFT);
    expect(committed(store)).toMatchObject({ copy: { bytes: 'second' }, also: { bytes: 'second' } });
  });

  test.each([{}, { dereference: true }])(
    'is one name less where cp puts another file, and a symbolic link is none then: %j',
    async (options) => {
      const { fs } = await mountDraft();
      await fs.promises.link(`${DRAFT}/a`, `${DRAFT}/hard`);
      await fs.promises.symlink('a', `${DRAFT}/soft`);
      for (const name of ['hard', 'soft'])
        await fs.promises.cp(`${DRAFT}/dir/b`, `${DRAFT}/${name}`, options);
      expect(fs.readFileSync(`${DRAFT}/a`, 'utf8')).toBe('one');
      for (const name of ['hard', 'soft']) expect(fs.readFileSync(`${DRAFT}/${name}`, 'utf8')).toBe('two');
      expect(fs.lstatSync(`${DRAFT}/soft`).isFile()).toBe(true);
    },
  );

  test('across the edge of a draft is EXDEV, into a version EROFS, in one or of a directory EPERM', async () => {
    const { fs } = await mountDraft();
    await fs.promises.mkdir(`${COLLECTION}/other`);
    const failing = (from: string, to: string, code: string) =>
      expect(fs.promises.link(from, to)).rejects.toMatchObject({
        code,
        syscall: 'link',
        path: from,
        dest: to,
      });
    await failing(`${DRAFT}/a`, `${COLLECTION}/other/a`, 'EXDEV');
    await failing(`${COLLECTION}/v0/a.txt`, `${DRAFT}/x`, 'EXDEV');
    await failing(`${DRAFT}/a`, `${COLLECTION}/x`, 'EXDEV');
    await failing(`${DRAFT}/a`, `${COLLECTION}/v0/x`, 'EROFS');
    await failing(`${COLLECTION}/v0/a.txt`, `${COLLECTION}/v0/x`, 'EPERM');
    await failing(`${DRAFT}/dir`, `${DRAFT}/x`, 'EPERM');
    await failing(`${DRAFT}/a`, `${DRAFT}/dir/b`, 'EEXIST');
    await failing(`${DRAFT}/missing`, `${DRAFT}/x`, 'ENOENT');
  });
});

describe('a commit stores what links lead to', () => {
  test('files, directories, files of versions and references, and moves no bytes of a version', async () => {
    const { fs, store } = await mountDraft();
    await fs.promises.symlink('a', `${DRAFT}/file`);
    await fs.promises.symlink('dir', `${DRAFT}/directory`);
    await fs.promises.symlink('../v0/a.txt', `${DRAFT}/of-version`);
    await fs.promises.symlink('../latest', `${DRAFT}/version`);
    await fs.promises.symlink('gs://bucket/key', `${DRAFT}/elsewhere`);
    await fs.promises.symlink('elsewhere', `${DRAFT}/behind`);
    await fs.promises.link(`${DRAFT}/a`, `${DRAFT}/hard`);
    fs.wandb.refresh();
    await fs.wandb.commit(DRAFT);
    expect(committed(store)).toEqual({
      a: { bytes: 'one' },
      file: { bytes: 'one' },
      hard: { bytes: 'one' },
      'dir/b': { bytes: 'two' },
      'directory/b': { bytes: 'two' },
      'of-version': { bytes: 'first' },
      'version/a.txt': { bytes: 'second' },
      'version/dir/b.txt': { bytes: 'deep' },
      'version/ref': expect.objectContaining({ uri: 's3://bucket/key' }),
      elsewhere: { uri: 'gs://bucket/key' },
      behind: { uri: 'gs://bucket/key' },
    });
    expect(store.log.filter((line) => line.startsWith('read'))).toEqual([]);
  });

  test.each([
    ['to nothing', 'missing', 'ENOENT'],
    ['to a file that is taken for a directory', 'a/x', 'ENOTDIR'],
    ['to a directory that it is in', '.', 'ELOOP'],
    ['to itself', 'link', 'ELOOP'],
    ['above what can be stored', '..', 'EXDEV'],
    ['to a version that is not there', '../v7', 'ENOENT'],
  ])('one that leads %s refuses it, by name, and leaves the draft as it was', async (_what, text, code) => {
    const { fs, store } = await mountDraft();
    await fs.promises.symlink(text, `${DRAFT}/link`);
    const refused = { code, path: DRAFT, message: expect.stringContaining(`'link' leads to`) };
    await expect(fs.wandb.commit(DRAFT)).rejects.toMatchObject({ ...refused, syscall: 'commit' });
    await expect(fs.promises.rename(DRAFT, `${COLLECTION}/@commit`)).rejects.toMatchObject({
      ...refused,
      syscall: 'rename',
    });
    expect(store.log.filter((line) => line.startsWith('commit'))).toEqual([]);
    await fs.promises.unlink(`${DRAFT}/link`);
    await fs.wandb.commit(DRAFT);
    expect(committed(store)).toEqual({ a: { bytes: 'one' }, 'dir/b': { bytes: 'two' } });
  });

  test('is EBUSY while what a link leads to is written', async () => {
    const { fs } = await mountDraft();
    await fs.promises.mkdir(`${COLLECTION}/other`);
    await fs.promises.symlink('../other/f', `${DRAFT}/link`);
    const fd = fs.openSync(`${DRAFT}/link`, 'w');
    await expect(fs.wandb.commit(DRAFT)).rejects.toMatchObject({ code: 'EBUSY' });
    fs.closeSync(fd);
    expect(await fs.promises.readFile(`${COLLECTION}/other/f`, 'utf8')).toBe('');
  });
});
