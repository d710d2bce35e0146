import type { Dirent } from 'node:fs';
import * as fc from 'fast-check';
import { call } from '../../semantics/helpers/styles.js';
import { linksToDirectories } from './links.js';
import { outcomeOf } from './outcomes.js';
import {
  at,
  bare,
  name,
  type Operation,
  type Operations,
  onName,
  onNameWith,
  operation,
  type Side,
} from './program.js';

const shown = (side: Side, dirents: readonly Dirent[]): unknown =>
  dirents.map((dirent) => `${bare(side, dirent.parentPath)} ${dirent.name} ${dirent.isDirectory()}`).sort();

export const listings: Operations = [
  onName('readdir', async (side, how, path) =>
    ((await call(side.fs, how, 'readdir', path)) as string[]).sort(),
  ),
  onName('readdir buffer', async (side, how, path) =>
    ((await call(side.fs, how, 'readdir', path, 'buffer')) as Buffer[])
      .map((each) => each.toString('hex'))
      .sort(),
  ),
  onName('readdir recursive', async (side, how, path) => {
    // A loop is gone round until 40 links are followed; a walk that begins behind one counts on from there.
    const isBehindLink = side.fs.existsSync(path) && side.fs.realpathSync(path) !== path.replace(/\/$/, '');
    if (linksToDirectories(side) > (isBehindLink ? 0 : 1)) return 'left out';
    return ((await call(side.fs, how, 'readdir', path, { recursive: true })) as string[]).sort();
  }),
  onNameWith('readdir withFileTypes recursive', fc.boolean(), async (side, how, path, recursive) =>
    shown(side, (await call(side.fs, how, 'readdir', path, { withFileTypes: true, recursive })) as Dirent[]),
  ),
  // With a small buffer Node's recursive one loses entries.
  fc.tuple(name, fc.boolean(), fc.constantFrom(1, 2, 32)).map(([path, recursive, size]) => {
    const bufferSize = recursive ? 32 : size;
    return operation(`opendir ${path} ${fc.stringify({ recursive, bufferSize })}`, async (side) => {
      const dirents: Dirent[] = [];
      const directory = await side.fs.promises.opendir(at(side, path), { recursive, bufferSize });
      for await (const dirent of directory) dirents.push(dirent);
      return [bare(side, directory.path), shown(side, dirents)];
    });
  }),
];

/** The names in a directory, each with the number of its inode: a name that was replaced is another entry. */
function entriesIn({ fs }: Side, path: string): ReadonlySet<string> {
  try {
    return new Set(fs.readdirSync(path).map((each) => `${fs.lstatSync(`${path}/${each}`).ino} ${each}`));
  } catch {
    return new Set();
  }
}

const nameIn = (entry: string): string => entry.slice(entry.indexOf(' ') + 1);

/**
 * A directory that is read while it changes. POSIX leaves it open whether an entry that comes or goes meanwhile is seen;
 * every other is seen once, and nothing that never was there.
 */
export const openDirectories = (change: fc.Arbitrary<Operation>): Operations => [
  fc
    .tuple(
      fc.constantFrom('d', 'd/e', 'f', '.'),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
    )
    .map(([path, between, isSync]) =>
      operation(`opendir ${path} while [${between.join('; ')}]`, async (side) => {
        const directory = await side.fs.promises.opendir(at(side, path), { bufferSize: 1 });
        const read = async () => (isSync ? directory.readSync() : directory.read());
        const always = new Set(entriesIn(side, at(side, path)));
        const ever = new Set([...always].map(nameIn));
        const seen: string[] = [];
        const outcomes: unknown[] = [];
        try {
          for (const each of between) {
            const dirent = await read();
            if (dirent !== null) seen.push(dirent.name);
            outcomes.push(await outcomeOf(each, side));
            const now = entriesIn(side, at(side, path));
            for (const entry of always) if (!now.has(entry)) always.delete(entry);
            for (const entry of now) ever.add(nameIn(entry));
          }
          for (let dirent = await read(); dirent !== null; dirent = await read()) seen.push(dirent.name);
        } finally {
          await directory.close();
        }
        const once = (wanted: string): boolean => seen.filter((each) => each === wanted).length === 1;
        return {
          outcomes,
          notSeenOnce: [...always].map(nameIn).filter((each) => !once(each)),
          neverThere: seen.filter((each) => !ever.has(each)),
        };
      }),
    ),
];
