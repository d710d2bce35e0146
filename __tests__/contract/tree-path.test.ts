import {
  depthOf,
  isAtOrBelow,
  isBelow,
  joinPath,
  lastNameOf,
  lowerPath,
  parentOf,
  segmentsOf,
  splitPath,
  treePath,
  upperPath,
} from '../../src/contract/tree-path.js';

describe('a tree path', () => {
  it.each([
    ['', [], '', ''],
    ['entity', ['entity'], '', 'entity'],
    ['entity/project/run', ['entity', 'project', 'run'], 'entity/project', 'run'],
  ])("'%s' has its names, its parent and its last name", (path, names, parent, name) => {
    expect(segmentsOf(treePath(path))).toEqual(names);
    expect(depthOf(treePath(path))).toBe(names.length);
    expect(splitPath(treePath(path))).toEqual({ parent, name });
    expect([parentOf(treePath(path)), lastNameOf(treePath(path))]).toEqual([parent, name]);
    expect(joinPath(treePath(parent), name)).toBe(path);
  });

  it("may end with a '/', which is no name", () => {
    expect(segmentsOf(treePath('entity/project/'))).toEqual(['entity', 'project']);
  });

  it('is its upper and its lower part joined', () => {
    const path = 'entity/project/run/a/b';
    for (let depth = 0; depth < 7; depth++) {
      expect(joinPath(upperPath(treePath(path), depth), lowerPath(treePath(path), depth))).toBe(path);
    }
  });

  it.each([
    ['a/b', 'a/b', false],
    ['a/b/c', 'a/b', true],
    ['a/bc', 'a/b', null],
    ['a', 'a/b', null],
    ['a', '', true],
    ['', '', false],
  ])("'%s' seen from '%s'", (path, ancestor, isDeeper) => {
    expect(isAtOrBelow(treePath(path), treePath(ancestor))).toBe(isDeeper !== null);
    expect(isBelow(treePath(path), treePath(ancestor))).toBe(isDeeper === true);
  });
});
