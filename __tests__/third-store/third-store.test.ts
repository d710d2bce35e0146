import nodeFs, { type Dirent } from 'node:fs';
import { text } from 'node:stream/consumers';
import { treePath } from '../../src/contract/tree-path.js';
import { createInProcessRemote } from '../../src/io/client/in-process.js';
import { createOwner } from '../../src/io/owner/owner.js';
import { createKernel } from '../../src/kernel/kernel.js';
import { makeFs, type WandbFs } from '../../src/node/faces/create.js';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { defaults } from '../helpers/defaults.js';
import { createLibrary, LIBRARY, type Library } from './library.js';

/*
 * A store that isn't of W&B, over the same kernel, owner and faces: what those know of it is its shape. Nothing in src/
 * speaks of it.
 */

let library: Library;
let fs: WandbFs;

beforeEach(() => {
  library = createLibrary({
    'city/fiction/novel/first/001': 'It began.',
    'city/fiction/novel/first/notes/a.txt': 'a note',
    'city/fiction/novel/second/001': 'It ended.',
    'city/maps/atlas/north/001': 'ice',
  });
  const remote = createInProcessRemote(
    (contents) => createOwner({ ...defaults, store: library, contents }),
    defaults,
  );
  fs = makeFs({
    mountPoint: '/library',
    layout: LIBRARY,
    connect: () => createKernel({ ...defaults, remote }),
    appUrl: () => 'https://library.example',
  });
});

afterEach(() => fs.wandb.close());

const failureOf = async (call: Promise<unknown>): Promise<NodeJS.ErrnoException> =>
  call.then(
    () => Promise.reject(new Error('It was no failure.')),
    (error: NodeJS.ErrnoException) => error,
  );

describe('reading', () => {
  test('every level is a directory, and the unit is listed with all below it at once', async () => {
    expect(await fs.promises.readdir('/library')).toEqual(['city']);
    expect(await fs.promises.readdir('/library/city')).toEqual(['fiction', 'maps']);
    expect(await fs.promises.readdir('/library/city/fiction')).toEqual(['novel']);
    expect(await fs.promises.readdir('/library/city/fiction/novel')).toEqual(['first', 'second']);
    expect(await fs.promises.readdir('/library/city/fiction/novel/first')).toEqual(['001', 'notes']);
    const before = library.asked.length;
    expect(await fs.promises.readdir('/library/city/fiction/novel/first/notes')).toEqual(['a.txt']);
    expect(library.asked.slice(before)).toEqual([]);
    const all: Dirent[] = await fs.promises.readdir('/library/city', {
      recursive: true,
      withFileTypes: true,
    });
    expect(all.filter((each) => each.isFile()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['001', 'a.txt']),
    );
  });

  test('stat tells sizes, kinds and that nothing can be written', async () => {
    const page = await fs.promises.stat('/library/city/fiction/novel/first/001');
    expect([page.isFile(), page.size, page.mode & 0o777]).toEqual([true, 9, 0o444]);
    const book = await fs.promises.stat('/library/city/fiction/novel');
    expect([book.isDirectory(), book.mode & 0o777]).toEqual([true, 0o555]);
  });

  test('pages are read by promises, callbacks and streams, and by sync calls where they are here', async () => {
    const page = '/library/city/fiction/novel/first/001';
    expect(() => fs.readFileSync(page)).toThrow(
      expect.objectContaining({
        code: 'ENOTSUP',
        message: expect.stringContaining('wait for Libris'),
      }),
    );
    expect(await fs.promises.readFile(page, 'utf8')).toBe('It began.');
    expect(await text(fs.createReadStream(page, { start: 3 }))).toBe('began.');
    const called = new Promise((resolve) => fs.readFile(page, 'utf8', (_error, content) => resolve(content)));
    expect(await called).toBe('It began.');
    expect(fs.readFileSync(page, 'utf8')).toBe('It began.');
    await fs.wandb.prefetch(['/library/city/fiction/novel/second/001']);
    expect(fs.readFileSync('/library/city/fiction/novel/second/001', 'utf8')).toBe('It ended.');
  });

  test('glob walks all levels', async () => {
    const found: string[] = [];
    for await (const path of fs.promises.glob('/library/**/00?')) found.push(path);
    expect(found.sort()).toEqual([
      '/library/city/fiction/novel/first/001',
      '/library/city/fiction/novel/second/001',
      '/library/city/maps/atlas/north/001',
    ]);
  });

  test('what somebody else binds shows when it is looked at anew', async () => {
    const chapter = '/library/city/fiction/novel/third';
    expect(await failureOf(fs.promises.stat(chapter))).toMatchObject({ code: 'ENOENT' });
    library.bind(treePath('city/fiction/novel/third/001'), 'It went on.');
    fs.wandb.refresh();
    expect(await fs.promises.readFile(`${chapter}/001`, 'utf8')).toBe('It went on.');
  });

  test('it stands among other trees', async () => {
    const all = mountAll({ '/library': fs }, nodeFs);
    expect(await all.promises.readFile('/library/city/maps/atlas/north/001', 'utf8')).toBe('ice');
  });
});

describe('what is not there is told by the names of its own levels', () => {
  test.each([
    ['/library/village', "There is no library 'village'."],
    ['/library/village/fiction/novel', "There is no library 'village'."],
    ['/library/city/poetry', "There is no shelf 'poetry' in 'city'."],
    ['/library/city/fiction/diary/first/001', "There is no book 'diary' in 'city/fiction'."],
    ['/library/city/fiction/novel/last', "There is no chapter 'last' in 'city/fiction/novel'."],
  ])('%s', async (path, told) => {
    const error = await failureOf(fs.promises.stat(path));
    expect(error).toMatchObject({ code: 'ENOENT', syscall: 'stat', path });
    expect(error.message).toBe(`ENOENT: no such file or directory, stat '${path}': ${told}`);
  });

  test('a library that was seen is not denied with what it lacks', async () => {
    await failureOf(fs.promises.stat('/library/village/fiction'));
    library.bind(treePath('village/fiction/tale/only/001'), 'short');
    fs.wandb.refresh();
    expect(await fs.promises.readdir('/library/village')).toEqual(['fiction']);
  });
});

describe('nothing changes', () => {
  const page = '/library/city/fiction/novel/first/001';
  test.each<[string, () => Promise<unknown>]>([
    ['writeFile', () => fs.promises.writeFile(page, 'x')],
    ['appendFile', () => fs.promises.appendFile('/library/city/fiction/novel/first/002', 'x')],
    ['mkdir', () => fs.promises.mkdir('/library/village')],
    ['unlink', () => fs.promises.unlink(page)],
    ['rm', () => fs.promises.rm('/library/city', { recursive: true })],
    ['rename', () => fs.promises.rename(page, `${page}.old`)],
    ['truncate', () => fs.promises.truncate(page)],
    ['utimes', () => fs.promises.utimes(page, 1, 1)],
    ['access', () => fs.promises.access(page, fs.constants.W_OK)],
  ])('%s is EROFS', async (_name, call) => {
    const error = await failureOf(call());
    expect(error.code).toBe('EROFS');
    expect(error.message).toMatch(/: Readers change nothing in a library\.$/);
  });

  test('links and commits are refused in its own words', async () => {
    expect(await failureOf(fs.promises.symlink('001', `${page}.link`))).toMatchObject({
      code: 'EPERM',
      message: expect.stringMatching(/: A library holds no symbolic links\.$/),
    });
    expect(await failureOf(fs.promises.link(page, `${page}.link`))).toMatchObject({
      code: 'EPERM',
      message: expect.stringContaining('Libris holds no hard links'),
    });
    expect(await failureOf(fs.wandb.commit('/library/city/fiction/novel/first'))).toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('Chapters are written elsewhere.'),
    });
    expect(library.asked.filter((question) => !/^(lookup|list|read) /.test(question))).toEqual([]);
  });
});
