import { treePath } from '../../src/contract/tree-path.js';
import type { WandbFs } from '../../src/index.js';
import { mountVersions } from './helpers/mount-versions.js';
import type { VersionStore } from './helpers/version-store.js';

const C = '/e/p/t/c';
const D = `${C}/draft`;

async function mountDraft(): Promise<{ fs: WandbFs; store: VersionStore }> {
  const mounted = mountVersions();
  await mounted.fs.promises.mkdir(`${D}/dir`, { recursive: true });
  await mounted.fs.promises.writeFile(`${D}/a`, 'one');
  await mounted.fs.promises.writeFile(`${D}/dir/b`, 'two');
  return mounted;
}

const committed = ({ collections }: VersionStore, version = 'v2') =>
  Object.fromEntries(collections.get(treePath('e/p/t/c'))?.versions.get(version) ?? []);

describe('a symbolic link in a draft', () => {
  test.each([
    ['of a name beside it', 'a'],
    ['that climbs', './dir/../a'],
    ['of an absolute path', `${D}/a`],
  ])('%s tells its text, and leads there', async (_what, text) => {
    const { fs } = await mountDraft();
    await fs.promises.symlink(text, `${D}/link`);
    expect(await fs.promises.readlink(`${D}/link`)).toBe(text);
    expect(await fs.promises.readFile(`${D}/link`, 'utf8')).toBe('one');
    expect(await fs.promises.realpath(`${D}/link`)).toBe(`${D}/a`);
    const stats = await fs.promises.lstat(`${D}/link`);
    expect([stats.isSymbolicLink(), stats.size, stats.mode & 0o777]).toEqual([true, text.length, 0o777]);
    await fs.promises.writeFile(`${D}/link`, 'changed');
    expect(await fs.promises.readFile(`${D}/a`, 'utf8')).toBe('changed');
  });

  test('leads from where it is: out of the directory that it really is in', async () => {
    const { fs } = await mountDraft();
    await fs.promises.symlink('../a', `${D}/dir/up`);
    await fs.promises.symlink('dir', `${D}/way`);
    expect(await fs.promises.readFile(`${D}/way/up`, 'utf8')).toBe('one');
    await fs.promises.symlink('way/../a', `${D}/around`);
    expect(await fs.promises.readFile(`${D}/around`, 'utf8')).toBe('one');
    await fs.promises.rename(`${D}/dir/up`, `${D}/up`);
    await expect(fs.promises.readFile(`${D}/up`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('that leads to itself, by whatever way, is ELOOP', async () => {
    const { fs } = await mountDraft();
    await fs.promises.symlink('self/../self', `${D}/self`);
    await fs.promises.symlink('pong', `${D}/ping`);
    await fs.promises.symlink('ping', `${D}/pong`);
    for (const name of ['self', 'ping', 'ping/below'])
      await expect(fs.promises.stat(`${D}/${name}`)).rejects.toMatchObject({
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
    await expect(fs.promises.symlink(text, `${D}/link`)).rejects.toMatchObject({ code, syscall: 'symlink' });
    await fs.promises.symlink('x'.repeat(4095), `${D}/long`);
    await expect(fs.promises.stat(`${D}/long`)).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
  });

  test('40 links are followed, 41 are too many', async () => {
    const { fs } = await mountDraft();
    for (let index = 0; index < 41; index++)
      await fs.promises.symlink(index === 0 ? 'a' : `l${index - 1}`, `${D}/l${index}`);
    expect(fs.readFileSync(`${D}/l39`, 'utf8')).toBe('one');
    expect(() => fs.readFileSync(`${D}/l40`)).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  });

  test('to a file of a version reads it, and cannot change it', async () => {
    const { fs } = await mountDraft();
    await fs.promises.symlink('../old/a.txt', `${D}/link`);
    expect(await fs.promises.readFile(`${D}/link`, 'utf8')).toBe('first');
    await expect(fs.promises.writeFile(`${D}/link`, 'x')).rejects.toMatchObject({ code: 'EROFS' });
  });

  test('out of the tree can be made, and leads nowhere', async () => {
    const { fs } = await mountDraft();
    await fs.promises.symlink('../../../../../../etc', `${D}/link`);
    expect(fs.existsSync(`${D}/link`)).toBe(false);
    expect(fs.lstatSync(`${D}/link`).isSymbolicLink()).toBe(true);
  });
});

describe('a hard link in a draft', () => {
  test('is another name of the same file', async () => {
    const { fs } = await mountDraft();
    await fs.promises.link(`${D}/a`, `${D}/dir/also`);
    const [one, other] = [fs.statSync(`${D}/a`), fs.statSync(`${D}/dir/also`)];
    expect([one.nlink, one.ino]).toEqual([2, other.ino]);
    await fs.promises.appendFile(`${D}/dir/also`, '!');
    await fs.promises.chmod(`${D}/a`, 0o600);
    expect(fs.readFileSync(`${D}/a`, 'utf8')).toBe('one!');
    expect(fs.statSync(`${D}/dir/also`).mode & 0o777).toBe(0o600);
    await fs.promises.unlink(`${D}/a`);
    expect([fs.readFileSync(`${D}/dir/also`, 'utf8'), fs.statSync(`${D}/dir/also`).nlink]).toEqual([
      'one!',
      1,
    ]);
  });

  test('keeps what is written by an fd of a name that is gone', async () => {
    const { fs, store } = await mountDraft();
    const fd = fs.openSync(`${D}/a`, 'r+');
    fs.linkSync(`${D}/a`, `${D}/dir/also`);
    fs.rmSync(`${D}/a`);
    fs.writeSync(fd, 'ONE');
    fs.linkSync(`${D}/dir/also`, `${D}/third`);
    fs.rmSync(`${D}/dir`, { recursive: true });
    fs.writeSync(fd, '?');
    expect(fs.fstatSync(fd).nlink).toBe(1);
    fs.closeSync(fd);
    expect(fs.readFileSync(`${D}/third`, 'utf8')).toBe('ONE?');
    await fs.wandb.commit(D);
    expect(committed(store)).toEqual({ third: { bytes: 'ONE?' } });
  });

  test('of a file that was copied from a version is one file too', async () => {
    const { fs, store } = await mountDraft();
    await fs.promises.copyFile(`${C}/v0/a.txt`, `${D}/copy`);
    await fs.promises.link(`${D}/copy`, `${D}/also`);
    await fs.promises.appendFile(`${D}/also`, '!');
    expect(fs.readFileSync(`${D}/copy`, 'utf8')).toBe('first!');
    await fs.promises.copyFile(`${C}/v1/a.txt`, `${D}/copy`);
    expect(await fs.promises.readFile(`${D}/also`, 'utf8')).toBe('second');
    await fs.wandb.commit(D);
    expect(committed(store)).toMatchObject({ copy: { bytes: 'second' }, also: { bytes: 'second' } });
  });

  test.each([{}, { dereference: true }])(
    'is one name less where cp puts another file, and a symbolic link is none then: %j',
    async (options) => {
      const { fs } = await mountDraft();
      await fs.promises.link(`${D}/a`, `${D}/hard`);
      await fs.promises.symlink('a', `${D}/soft`);
      for (const name of ['hard', 'soft']) await fs.promises.cp(`${D}/dir/b`, `${D}/${name}`, options);
      expect(fs.readFileSync(`${D}/a`, 'utf8')).toBe('one');
      for (const name of ['hard', 'soft']) expect(fs.readFileSync(`${D}/${name}`, 'utf8')).toBe('two');
      expect(fs.lstatSync(`${D}/soft`).isFile()).toBe(true);
    },
  );

  test('across the edge of a draft is EXDEV, into a version EROFS, in one or of a directory EPERM', async () => {
    const { fs } = await mountDraft();
    await fs.promises.mkdir(`${C}/other`);
    const failing = (from: string, to: string, code: string) =>
      expect(fs.promises.link(from, to)).rejects.toMatchObject({
        code,
        syscall: 'link',
        path: from,
        dest: to,
      });
    await failing(`${D}/a`, `${C}/other/a`, 'EXDEV');
    await failing(`${C}/v0/a.txt`, `${D}/x`, 'EXDEV');
    await failing(`${D}/a`, `${C}/x`, 'EXDEV');
    await failing(`${D}/a`, `${C}/v0/x`, 'EROFS');
    await failing(`${C}/v0/a.txt`, `${C}/v0/x`, 'EPERM');
    await failing(`${D}/dir`, `${D}/x`, 'EPERM');
    await failing(`${D}/a`, `${D}/dir/b`, 'EEXIST');
    await failing(`${D}/missing`, `${D}/x`, 'ENOENT');
  });
});

describe('a commit stores what links lead to', () => {
  test('files, directories, files of versions and references, and moves no bytes of a version', async () => {
    const { fs, store } = await mountDraft();
    await fs.promises.symlink('a', `${D}/file`);
    await fs.promises.symlink('dir', `${D}/directory`);
    await fs.promises.symlink('../v0/a.txt', `${D}/of-version`);
    await fs.promises.symlink('../latest', `${D}/version`);
    await fs.promises.symlink('gs://bucket/key', `${D}/elsewhere`);
    await fs.promises.symlink('elsewhere', `${D}/behind`);
    await fs.promises.link(`${D}/a`, `${D}/hard`);
    fs.wandb.refresh();
    await fs.wandb.commit(D);
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
    await fs.promises.symlink(text, `${D}/link`);
    const refused = { code, path: D, message: expect.stringContaining(`'link' leads to`) };
    await expect(fs.wandb.commit(D)).rejects.toMatchObject({ ...refused, syscall: 'commit' });
    await expect(fs.promises.rename(D, `${C}/@commit`)).rejects.toMatchObject({
      ...refused,
      syscall: 'rename',
    });
    expect(store.log.filter((line) => line.startsWith('commit'))).toEqual([]);
    await fs.promises.unlink(`${D}/link`);
    await fs.wandb.commit(D);
    expect(committed(store)).toEqual({ a: { bytes: 'one' }, 'dir/b': { bytes: 'two' } });
  });

  test('is EBUSY while what a link leads to is written', async () => {
    const { fs } = await mountDraft();
    await fs.promises.mkdir(`${C}/other`);
    await fs.promises.symlink('../other/f', `${D}/link`);
    const fd = fs.openSync(`${D}/link`, 'w');
    await expect(fs.wandb.commit(D)).rejects.toMatchObject({ code: 'EBUSY' });
    fs.closeSync(fd);
    expect(await fs.promises.readFile(`${C}/other/f`, 'utf8')).toBe('');
  });
});
