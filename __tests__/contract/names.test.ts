import fc from 'fast-check';
import { decodeFileName, decodeName, encodeFileName, encodeName } from '../../src/contract/tree-path.js';
import { anyCharacter } from '../helpers/characters.js';

const awkward = fc.string({ unit: fc.constantFrom('%', '2', '5', 'E', 'F', '0', '/', '.', '\0', 'a') });
const anyName = fc.oneof(awkward, fc.string({ unit: anyCharacter }));
/** What POSIX lets stand between two slashes. */
const posixSegment = anyName.filter((name) => name !== '' && !/^\.{1,2}$|[/\0]/.test(name));

describe('ordinary names', () => {
  it.each([
    'config.yaml',
    'media/images/a b.png',
    'ünïcode/日本.txt',
    'https%3A%2F%2Fx',
    '100%25',
    '%',
    'a%2Fb',
    '...',
  ])('%j stands for itself', (name) => {
    expect(encodeFileName(name)).toBe(name);
    expect(decodeFileName(name)).toBe(name);
  });
});

describe('names that POSIX cannot hold', () => {
  it.each([
    ['a//b', 'a/%2F/b'],
    ['a/../b', 'a/%2E%2E/b'],
    ['./x', '%2E/x'],
    ['/abs', '%2F/abs'],
    ['a/', 'a/%2F'],
    ['a\0b', 'a%00b'],
    ['%2E', '%252E'],
    ['%252F', '%25252F'],
  ])('the file %j is listed as %j', (name, path) => {
    expect(encodeFileName(name)).toBe(path);
    expect(decodeFileName(path)).toBe(name);
  });

  it('a run named with a slash is one segment', () => {
    expect(encodeName('a/b')).toBe('a%2Fb');
    expect(encodeName('a%2Fb')).toBe('a%252Fb');
    expect(encodeName('..')).toBe('%2E%2E');
  });
});

describe('names and paths map one to one', () => {
  it('every file name comes back from its path, and stays below its directory', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const path = encodeFileName(name);
        expect(decodeFileName(path)).toBe(name);
        for (const segment of path.split('/')) expect(segment).not.toMatch(/^\.{0,2}$|\0/);
      }),
    );
  });

  it('every name of an entity, project or run comes back from its segment', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const segment = encodeName(name);
        expect(decodeName(segment)).toBe(name);
        expect(segment).not.toMatch(/^\.{0,2}$|[/\0]/);
      }),
    );
  });

  it('every path that a program may write is listed under just that path', () => {
    fc.assert(
      fc.property(fc.array(posixSegment, { minLength: 1, maxLength: 4 }), (segments) => {
        const path = segments.join('/');
        expect(encodeFileName(decodeFileName(path))).toBe(path);
        for (const segment of segments) expect(encodeName(decodeName(segment))).toBe(segment);
      }),
    );
  });
});
