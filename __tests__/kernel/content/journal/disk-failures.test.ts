import nodeFs, { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { treePath } from '../../../../src/contract/tree-path.js';
import { openJournal } from '../../../../src/kernel/content/journal/journal.js';
import { disk } from '../../../../src/platform/disk.js';
import { contentsOf, opened, somewhere } from './helpers/journals.js';

const DRAFT = { kind: 'draft' } as const;
const HELD = '{"kind":"draft"}';

const refused = (code: string): Error =>
  Object.assign(new Error(`${code}: refused, write`), { code, syscall: 'write' });

const real = { ...nodeFs };

/** The disk takes so many bytes, and no more. */
function fillUp(room: number): jest.SpyInstance {
  let left = room;
  return jest.spyOn(disk, 'writeSync').mockImplementation(((
    fd: number,
    bytes: Uint8Array,
    offset: number,
  ) => {
    const length = Math.min(left, bytes.byteLength - offset);
    if (length === 0) throw refused('ENOSPC');
    left -= length;
    return real.writeSync(fd, bytes, offset, length);
  }) as typeof nodeFs.writeSync);
}

afterEach(() => jest.restoreAllMocks());

test.each([
  ['ENOSPC', 'ENOSPC', /make room/],
  ['EDQUOT', 'ENOSPC', /quota/],
  ['EACCES', 'EACCES', /give this user the right/],
  ['EROFS', 'EROFS', /read-only/],
  ['EMFILE', 'EMFILE', /ulimit -n/],
  ['ENFILE', 'EMFILE', /system has too many files open/],
  ['EIO', 'EIO', /look at the disk/],
])('%s is told with the directory and the fix, as %s', (code, told, fix) => {
  const options = somewhere();
  jest.spyOn(disk, 'openSync').mockImplementation(() => {
    throw refused(code);
  });
  const failure = expect.objectContaining({
    code: told,
    detail: expect.stringMatching(fix),
    cause: `${code}: refused, write`,
  });
  expect(() => openJournal(options)).toThrow(failure);
  expect(() => openJournal(options)).toThrow(
    expect.objectContaining({ detail: expect.stringContaining(`'${options.dir}'`) }),
  );
});

test('a file in the place of the directory is told', () => {
  const { dir } = somewhere();
  writeFileSync(join(dir, 'file'), '');
  for (const path of ['file', 'file/below']) {
    expect(() => openJournal({ ...somewhere(), dir: join(dir, path) })).toThrow(
      expect.objectContaining({ code: 'ENOTDIR' }),
    );
  }
});

test('a write that takes less than all is continued', () => {
  const options = somewhere();
  const journal = opened(options);
  jest
    .spyOn(disk, 'writeSync')
    .mockImplementation(((fd: number, bytes: Uint8Array, offset: number) =>
      real.writeSync(fd, bytes, offset, Math.min(7, bytes.byteLength - offset))) as typeof nodeFs.writeSync);
  journal.put(treePath('e/p/c/draft'), DRAFT);
  journal.close();
  const taken = opened(options).takeOver();
  expect({ torn: taken.torn, held: contentsOf(taken) }).toEqual({ torn: 0, held: { 'e/p/c/draft': HELD } });
});

test('what a full disk takes half of has not happened, and goes once there is room', () => {
  const options = somewhere();
  const journal = opened(options);
  journal.put(treePath('e/p/c/first'), DRAFT);
  const full = fillUp(20);
  expect(() => journal.put(treePath('e/p/c/refused'), DRAFT)).toThrow(
    expect.objectContaining({ code: 'ENOSPC' }),
  );
  expect(journal.get(treePath('e/p/c/refused'))).toBeNull();
  full.mockRestore();
  journal.put(treePath('e/p/c/second'), DRAFT);
  journal.close();
  const taken = opened(options).takeOver();
  expect(taken.torn).toBe(0);
  expect(contentsOf(taken)).toEqual({ 'e/p/c/first': HELD, 'e/p/c/second': HELD });
});

test('a half that can’t be taken back hides nothing behind it', () => {
  const options = somewhere();
  const journal = opened(options);
  const full = fillUp(20);
  const stuck = jest.spyOn(disk, 'ftruncateSync').mockImplementation(() => {
    throw refused('EIO');
  });
  expect(() => journal.put(treePath('e/p/c/refused'), DRAFT)).toThrow(
    expect.objectContaining({ code: 'ENOSPC' }),
  );
  full.mockRestore();
  stuck.mockRestore();
  journal.put(treePath('e/p/c/second'), DRAFT);
  journal.put(treePath('e/p/c/third'), DRAFT);
  journal.close();
  const taken = opened(options).takeOver();
  expect(taken.torn).toBe(1);
  expect(contentsOf(taken)).toEqual({ 'e/p/c/second': HELD, 'e/p/c/third': HELD });
});

test('what the disk doesn’t keep has not happened', () => {
  const options = somewhere({ fsync: true });
  const journal = opened(options);
  const lost = jest.spyOn(disk, 'fdatasyncSync').mockImplementation(() => {
    throw refused('EIO');
  });
  expect(() => journal.put(treePath('e/p/c/lost'), DRAFT)).toThrow(expect.objectContaining({ code: 'EIO' }));
  lost.mockRestore();
  journal.put(treePath('e/p/c/kept'), DRAFT);
  journal.close();
  expect(contentsOf(opened(options).takeOver())).toEqual({ 'e/p/c/kept': HELD });
});

test('a log that can’t be written anew goes on as it is', () => {
  const options = somewhere();
  const journal = opened(options);
  const stuck = jest.spyOn(disk, 'renameSync').mockImplementation(() => {
    throw refused('EIO');
  });
  const uri = 's3://'.padEnd(60_000, 'x');
  for (let n = 0; n < 30; n++)
    journal.put(treePath('e/p/c/draft/r'), { kind: 'reference', uri: `${uri}${n}` });
  expect(stuck).toHaveBeenCalledTimes(1);
  stuck.mockRestore();
  journal.close();
  expect(contentsOf(opened(options).takeOver())).toEqual({
    'e/p/c/draft/r': JSON.stringify({ kind: 'reference', uri: `${uri}29` }),
  });
});

test('a journal that somebody removed while it is used says so, whatever is put in its place', () => {
  const journal = opened(somewhere());
  rmSync(journal.directory, { recursive: true });
  const gone = expect.objectContaining({ code: 'EIO', detail: expect.stringContaining('has removed it') });
  expect(() => journal.put(treePath('e/p/c/draft'), DRAFT)).toThrow(gone);
  mkdirSync(journal.blobsDirectory, { recursive: true });
  writeFileSync(join(journal.directory, 'log'), '');
  expect(() => journal.put(treePath('e/p/c/draft'), DRAFT)).toThrow(gone);
});

test('what couldn’t be taken over stays, for who comes next', () => {
  const options = somewhere();
  const first = opened(options);
  first.put(treePath('e/p/c/draft'), DRAFT);
  first.close();
  const second = opened(options);
  jest.spyOn(disk, 'renameSync').mockImplementation((from, to) => {
    if (String(to).endsWith('/log')) throw refused('ENOSPC');
    real.renameSync(from, to);
  });
  expect(() => second.takeOver()).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  second.close();
  jest.restoreAllMocks();
  expect(contentsOf(opened(options).takeOver())).toEqual({ 'e/p/c/draft': HELD });
});

test('the same instance can try again to take over', () => {
  const options = somewhere();
  const first = opened(options);
  first.put(treePath('e/p/c/draft'), DRAFT);
  first.close();
  const second = opened(options);
  const full = fillUp(0);
  expect(() => second.takeOver()).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  full.mockRestore();
  expect(contentsOf(second.takeOver())).toEqual({ 'e/p/c/draft': HELD });
});

test('leftovers that can’t be removed are in nobody’s way', () => {
  const options = somewhere();
  const first = opened(options);
  first.put(treePath('e/p/c/draft'), DRAFT);
  first.close();
  const second = opened(options);
  const stuck = jest.spyOn(disk, 'rmSync').mockImplementation(() => {
    throw refused('EBUSY');
  });
  expect(contentsOf(second.takeOver())).toEqual({ 'e/p/c/draft': HELD });
  second.remove(treePath('e/p/c/draft'));
  stuck.mockRestore();
  second.close();
  const third = opened(options);
  expect(contentsOf(third.takeOver())).toEqual({});
  expect(readFileSync(join(third.directory, 'log'), 'utf8')).toContain('adopted');
});

test('a closed journal takes nothing', () => {
  const journal = opened(somewhere());
  journal.close();
  expect(() => journal.put(treePath('e/p/c/draft'), DRAFT)).toThrow(
    expect.objectContaining({ code: 'EBADF' }),
  );
});
