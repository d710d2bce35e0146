import { posix } from 'node:path';
import { type Ahead, type AheadEntry, Lookahead } from '../../src/node/composites/shared/lookahead.js';

type Tree = ReadonlyMap<string, readonly AheadEntry[]>;

/** Directories of `files` files each, beside each other in '/'. */
function treeOf(directories: number, files: number): Tree {
  const names = Array.from({ length: directories }, (_, index) => `d${index}`);
  const inEach = Array.from(
    { length: files },
    (_, index): AheadEntry => ({ name: `f${index}`, kind: 'file' }),
  );
  return new Map([
    ['/', names.map((name): AheadEntry => ({ name, kind: 'directory' }))],
    ...names.map((name): [string, readonly AheadEntry[]] => [`/${name}`, inEach]),
  ]);
}

/** Notes what is asked for; directories are listed at once, or when `answer` is called. */
class Asked implements Ahead {
  readonly listed: string[] = [];
  readonly fetched: string[] = [];
  readonly outstanding = new Set<string>();
  most = 0;
  isEnded = false;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly tree: Tree,
    private readonly isLate = false,
    readonly mostBytes = 1e9,
    private readonly size = 1,
  ) {}

  list(path: string, onListed: (entries: readonly AheadEntry[] | null) => void): boolean {
    this.listed.push(path);
    const answer = (): void => onListed(this.tree.get(path) ?? null);
    if (this.isLate) this.waiting.push(answer);
    else answer();
    return true;
  }

  look(): boolean {
    return false;
  }

  fetch(path: string): number {
    this.fetched.push(path);
    this.outstanding.add(path);
    this.most = Math.max(this.most, this.outstanding.size);
    return this.size;
  }

  answer(): void {
    for (const answer of this.waiting.splice(0)) answer();
  }

  end(): void {
    this.isEnded = true;
  }
}

/** Walks through it as a copy does; returns the files in its order. */
function walk(tree: Tree, asked: Asked, lookahead: Lookahead, isWanted = (_path: string) => true): string[] {
  const passed: string[] = [];
  const through = (path: string): void => {
    const entries = tree.get(path) ?? [];
    lookahead.enter(path, entries);
    for (const [index, { name, kind }] of entries.entries()) {
      const below = posix.join(path, name);
      asked.outstanding.delete(below);
      lookahead.at(index);
      asked.answer();
      lookahead.wanted(isWanted(below));
      if (kind === 'directory') through(below);
      else passed.push(below);
    }
    lookahead.leave();
  };
  through('/');
  lookahead.end();
  return passed;
}

const options = { isFetching: true, isSelective: false, joined: posix.join };

test.each([
  ['at once', false],
  ['late', true],
])(
  'what lies ahead is asked for once, and not too much of it, where directories are listed %s',
  (_, isLate) => {
    const tree = treeOf(10_000, 1);
    const asked = new Asked(tree, isLate);
    const passed = walk(tree, asked, new Lookahead(asked, options));
    expect(passed).toHaveLength(10_000);
    expect(new Set(asked.listed).size).toBe(asked.listed.length);
    expect(new Set(asked.fetched).size).toBe(asked.fetched.length);
    expect(asked.most).toBeGreaterThan(20);
    expect(asked.most).toBeLessThanOrEqual(512);
    expect(asked.isEnded).toBe(true);
  },
);

test('files are fetched in the order in which they are come to', () => {
  const tree = treeOf(7, 300);
  const asked = new Asked(tree);
  const passed = walk(tree, asked, new Lookahead(asked, options));
  expect(asked.fetched).toEqual(passed);
  expect(asked.most).toBe(512);
});

test('no more bytes are on their way than there may be, and one file at least', () => {
  const tree = treeOf(1, 100);
  const asked = new Asked(tree, false, 1000, 300);
  walk(tree, asked, new Lookahead(asked, options));
  expect(asked.fetched).toHaveLength(100);
  expect(asked.most).toBe(4);
});

test('who leaves out all files has few of them fetched, and who leaves out some has few of those', () => {
  const tree = treeOf(20, 20);
  const none = new Asked(tree);
  walk(tree, none, new Lookahead(none, { ...options, isSelective: true }), (path) => !path.includes('f'));
  expect(none.fetched.length).toBeLessThanOrEqual(8);

  const some = new Asked(tree);
  const isWanted = (path: string): boolean => !path.includes('f1');
  walk(tree, some, new Lookahead(some, { ...options, isSelective: true }), isWanted);
  expect(some.fetched.filter(isWanted).length).toBeGreaterThan(100);
});

test('a directory that the walk reads itself before its listing has come isn’t asked for again', () => {
  const tree = treeOf(3, 2);
  const asked = new Asked(tree, true);
  const lookahead = new Lookahead(asked, options);
  lookahead.enter('/', tree.get('/') ?? []);
  lookahead.at(0);
  lookahead.enter('/d0', tree.get('/d0') ?? []);
  asked.answer();
  expect(asked.fetched.filter((path) => path.startsWith('/d0'))).toEqual(['/d0/f0', '/d0/f1']);
  expect(asked.listed).toEqual(['/d0', '/d1', '/d2']);
});

test('a directory that is read in pages goes on where the last one ended', () => {
  const asked = new Asked(new Map());
  const lookahead = new Lookahead(asked, { ...options, isFetching: false, isSelective: true });
  const pages = [0, 1, 2].map((page) =>
    Array.from(
      { length: 50 },
      (_, index): AheadEntry => ({ name: `d${page * 50 + index}`, kind: 'directory' }),
    ),
  );
  lookahead.enter('/', pages[0] ?? []);
  expect(asked.listed).toHaveLength(4);
  for (const page of pages) {
    if (page !== pages[0]) lookahead.page(page);
    for (const [index] of page.entries()) lookahead.at(index);
  }
  expect(new Set(asked.listed).size).toBe(150);
  expect(asked.listed).toHaveLength(150);
});
