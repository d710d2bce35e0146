import fc from 'fast-check';
import { decodeWorldName, isBeginning, WorldNames } from '../../src/contract/world/names.js';
import { anyCharacter } from '../helpers/characters.js';
import { expectEqual } from '../helpers/equal.js';

const awkward = fc.string({
  unit: fc.constantFrom(
    '%',
    '2',
    'E',
    '~',
    '-',
    'u',
    '.',
    ' ',
    'a',
    'A',
    'é',
    'e\u0301',
    'ß',
    'SS',
    '\ud800',
    '\0',
    '/',
  ),
});
const anyName = fc.oneof(
  awkward,
  fc.string({ unit: anyCharacter }),
  fc.string({ unit: 'grapheme', minLength: 150, maxLength: 400 }),
);

/** As a disk reads it: what goes on below, and what it stands for. */
function readBack(path: string): string[] {
  const names: string[] = [];
  let parts: string[] = [];
  for (const part of path.split('/')) {
    parts.push(part);
    if (isBeginning(part)) continue;
    names.push(decodeWorldName(parts));
    parts = [];
  }
  return names;
}

const sameToSomeDisk = (path: string): string => path.normalize('NFC').toUpperCase().toLowerCase();

describe('names on the disk', () => {
  it.each([
    ['config.yaml', 'config.yaml'],
    ['ünï códé.txt', 'ünï códé.txt'],
    ['a#b [c] {d} $e', 'a#b [c] {d} $e'],
    ['.', '%2E'],
    ['..', '.%2E'],
    ['', '%-'],
    ['dot.', 'dot%2E'],
    ['space ', 'space%20'],
    ['a:b?c*d', 'a%3Ab%3Fc%2Ad'],
    ['100%', '100%25'],
    ['CON', '%43ON'],
    ['aux.txt', '%61ux.txt'],
    ['lpt1', '%6Cpt1'],
    ['console', 'console'],
    ['.gitignore', '%2Egitignore'],
    ['.hidden', '.hidden'],
    ['e\u0301', 'e%CC%81'],
    ['half \ud800', 'half %uD800'],
  ])('of %j is %j', (name, there) => {
    expect(new WorldNames().child('', name)).toBe(there);
    expect(readBack(there)).toEqual([name]);
  });

  it('of names that differ in case, or in how letters are composed, differ in more than that', () => {
    const names = new WorldNames();
    expect(['A.txt', 'a.txt', 'é', 'E\u0301'].map((name) => names.child('', name))).toEqual([
      'A.txt',
      '%61.txt',
      'é',
      'E%CC%81',
    ]);
  });

  it('keep away from what is there besides', () => {
    const names = new WorldNames();
    names.reserve('lab', 'entity.json');
    expect(names.child('lab', 'Entity.json')).toBe('lab/%45ntity.json');
  });

  it('go on in a directory where they are long', () => {
    const path = new WorldNames().child('', `${'n'.repeat(500)}.txt`);
    expect(path.split('/').map(({ length }) => length)).toEqual([202, 202, 104]);
    expect(readBack(path)).toEqual([`${'n'.repeat(500)}.txt`]);
  });

  it('are read back, and no two are the same to any disk', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { maxLength: 12 }), (given) => {
        const names = new WorldNames();
        const paths = given.map((name) => names.child('top', name));
        expect(paths.map((path) => readBack(path.slice('top/'.length)))).toEqual(given.map((name) => [name]));
        const parts = paths.flatMap((path) => path.split('/'));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
        const refused = parts.filter((part) => /^$|[\x00-\x1f\x7f<>:"|?*\\]|[. ]$/.test(part));
        expectEqual(refused, []);
        expect(Math.max(0, ...parts.map((part) => Buffer.byteLength(part)))).toBeLessThan(256);
        // No file is where another one's directory is, either.
        const all = new Set(
          paths.flatMap((path) => [path, ...path.split('/').map((_, i, p) => p.slice(0, i).join('/'))]),
        );
        expect(new Set([...all].map(sameToSomeDisk)).size).toBe(all.size);
      }),
    );
  });

  it('written by hand stand for what they look like', () => {
    expect(['50% off', '%zz', 'a%2fb', '%41'].map((name) => decodeWorldName([name]))).toEqual([
      '50% off',
      '%zz',
      'a/b',
      'A',
    ]);
  });
});
