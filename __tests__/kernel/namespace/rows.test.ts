import type { Entry } from '../../../src/contract/entry.js';
import { EntryPage } from '../../../src/contract/entry-page.js';
import { treePath } from '../../../src/contract/tree-path.js';
import { Core } from '../../../src/kernel/core.js';
import { lstat } from '../../../src/kernel/namespace/attributes.js';
import type { Inode } from '../../../src/kernel/namespace/inode.js';
import { runSync } from '../../../src/kernel/operation/operation.js';
import { defaults } from '../../helpers/defaults.js';
import { ScriptedRemote } from '../helpers/scripted-remote.js';
import { ScriptedServer } from '../helpers/scripted-server.js';

const FILES = 20;
const UNIT = 'e/p/r';

/** A unit whose files were listed. */
function listed(change: (entry: Entry) => Entry = (entry) => entry) {
  const server = new ScriptedServer(() => 0);
  for (let index = 0; index < FILES; index++) server.write(`${UNIT}/d/f${index}`, `text ${index}`);
  const core = new Core({ ...defaults, remote: new ScriptedRemote(server), monotonic: () => 0 });
  runSync((op) => lstat(core, op, treePath(UNIT)));
  const unit = core.root.descendant(UNIT.split('/')) as Inode;
  const entries = (server.list(UNIT) ?? []).map(change);
  const list = (told: readonly Entry[] = entries): void =>
    void core.names.scopeAt(unit).mergeListing(told, true, core.timeline.tick());
  list();
  const file = (index: number): Inode => unit.descendant(['d', `f${index}`]) as Inode;
  return { core, entries, list, file };
}

const made = jest.spyOn(EntryPage.prototype, 'entryOf');
beforeEach(() => made.mockClear());

test('what is listed and looked at costs no entry; who asks for all of it gets it as it was told, made once', () => {
  const { core, entries, file } = listed();
  made.mockClear();
  for (let index = 0; index < FILES; index++) {
    const { size, mtimeMs } = runSync((op) => lstat(core, op, treePath(`${UNIT}/d/f${index}`)));
    const told = entries.find(({ path }) => path === `${UNIT}/d/f${index}`);
    expect({ size, mtimeMs }).toEqual({ size: told?.size, mtimeMs: told?.mtimeMs });
  }
  expect(made).not.toHaveBeenCalled();
  expect(entries).toContainEqual(file(3).entry);
  expect(file(3).entry).toBe(file(3).entry);
  expect(made).toHaveBeenCalledTimes(1);
});

test('listing it once more costs none either, and takes the place of an entry that was made', () => {
  const { list, file } = listed();
  const before = file(3).entry;
  made.mockClear();
  list();
  expect(made).not.toHaveBeenCalled();
  expect(file(3).entry).toEqual(before);
  expect(file(3).entry).not.toBe(before);
});

test('the size that a first read has taught outlives a listing that claims another', () => {
  const { list, file, entries } = listed();
  const { entry } = file(3);
  if (!entry) throw new Error('it was listed');
  file(3).entry = { ...entry, size: 77 };
  list();
  expect(file(3).size).toBe(77);
  const changed = 'md5:AAAAAAAAAAAAAAAAAAAAAA==';
  list(entries.map((told) => ({ ...told, version: changed, md5: changed.slice(4) })));
  expect([file(3).version, file(3).size]).toEqual([changed, entry.size]);
});

test('what goes while it is open keeps the path that it has at the server', () => {
  const { list, file } = listed();
  const gone = file(3);
  gone.ensureLocal().opens = 1;
  list([]);
  expect([gone.parent, gone.entry?.path]).toEqual([null, `${UNIT}/d/f3`]);
});

test('of two rows of one name the later one counts, on one page and on its successor', () => {
  const { list, file, entries } = listed();
  const at = (mtimeMs: number, md5: string): Entry => {
    const told = entries.find(({ path }) => path.endsWith('/f3')) as Entry;
    return { ...told, mtimeMs, md5, version: `md5:${md5}` };
  };
  const [older, newer] = [at(5000, 'AAAAAAAAAAAAAAAAAAAAAA=='), at(6000, 'BBBBBBBBBBBBBBBBBBBBBA==')];
  for (const rows of [
    [older, newer],
    [newer, older],
  ]) {
    list([...entries.filter(({ path }) => path !== newer.path), ...rows]);
    expect(file(3).version).toBe(newer.version);
  }
});
