/**
 * Writes the members of `node:fs` that the running Node has to __fixtures__/node-members/<major>.json. Run it under
 * each supported Node: `path/to/node scripts/node-members.mjs`.
 */
import fs, { constants, promises } from 'node:fs';
import { mkdtemp, open, opendir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [major] = process.versions.node.split('.');
const directory = join(import.meta.dirname, '../__fixtures__/node-members');

/** Symbols by their descriptions; those of Node's own modules aren't for users. */
const PUBLIC_SYMBOL = /^(?:Symbol|nodejs)\.(asyncDispose|dispose|asyncIterator)$/;

/** Node's own steps, which no documentation names. */
const INTERNAL = new Set(['constructor', 'processReadResult', 'readSyncRecursive']);

function shown(key) {
  if (typeof key === 'string') return key.startsWith('_') || INTERNAL.has(key) ? null : key;
  const [, name] = PUBLIC_SYMBOL.exec(key.description) ?? [];
  return name ? `[Symbol.${name}]` : null;
}

/** What objects have of their own. */
const membersOf = (...objects) =>
  [...new Set(objects.flatMap(Reflect.ownKeys).map(shown))].filter((name) => name !== null).sort();

const temporary = await mkdtemp(join(tmpdir(), 'node-members-'));
await writeFile(join(temporary, 'file'), '');
const handle = await open(join(temporary, 'file'));
const dir = await opendir(temporary);
const stats = fs.statSync(temporary);
const watcher = fs.watch(temporary);
const statWatcher = fs.watchFile(join(temporary, 'file'), () => {});
const members = {
  version: process.versions.node,
  fs: membersOf(fs),
  'fs.promises': membersOf(promises),
  FileHandle: membersOf(Object.getPrototypeOf(handle), { close: null }),
  Dir: membersOf(fs.Dir.prototype, { path: null }),
  Dirent: membersOf(fs.Dirent.prototype, (await promises.readdir(temporary, { withFileTypes: true }))[0]),
  Stats: membersOf(Object.getPrototypeOf(Object.getPrototypeOf(stats)), Object.getPrototypeOf(stats), stats),
  StatFs: membersOf(fs.statfsSync(temporary)),
  FSWatcher: membersOf(Object.getPrototypeOf(watcher)),
  StatWatcher: membersOf(Object.getPrototypeOf(statWatcher)),
  constants: membersOf(constants),
};
fs.unwatchFile(join(temporary, 'file'));
watcher.close();
await dir.close();
await handle.close();
await rm(temporary, { recursive: true });
await writeFile(join(directory, `${major}.json`), `${JSON.stringify(members, null, 1)}\n`);
