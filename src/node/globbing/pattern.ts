import { posix } from 'node:path';
import { GLOBSTAR, Minimatch } from 'minimatch';

/** What stands between two slashes of a pattern: a name, an expression, or `**`. */
type Segment = string | RegExp | symbol;

/**
 * As Node's own `glob` makes them of the same library. Names at W&B differ by case everywhere, whatever the system does
 * on its disks.
 */
const matcherOf = (pattern: string, { matchBase = false } = {}): Minimatch =>
  new Minimatch(pattern, {
    nocase: false,
    windowsPathsNoEscape: true,
    nonegate: true,
    nocomment: true,
    optimizationLevel: 2,
    platform: 'linux',
    matchBase,
  });

/** Whether an absolute path matches any of the patterns, which start where the search does. */
export function matcherOfAny(patterns: readonly string[], root: string): (path: string) => boolean {
  const matchers = patterns.map((pattern) => matcherOf(posix.resolve(root, pattern)));
  return (path) => matchers.some((matcher) => matcher.match(path));
}

/** Whether a name relative to a watched directory matches; a pattern without a slash matches at any depth. */
export function matcherOfName(pattern: string): (name: string) => boolean {
  const matcher = matcherOf(pattern, { matchBase: true });
  return (name) => matcher.match(name);
}

/** One alternative of a pattern. */
interface Parsed {
  readonly segments: readonly Segment[];
  /** The segments as they are written. */
  readonly texts: readonly string[];
  readonly isAbsolute: boolean;
}

/** What of a pattern may match in one directory: the segments at `indexes` against the names in it. */
export class Pattern {
  readonly last: number;

  private constructor(
    private readonly parsed: Parsed,
    readonly indexes: ReadonlySet<number>,
    /** The indexes of those `**` that have come through a symbolic link: they follow no other. */
    readonly symlinks: ReadonlySet<number>,
    /** The real directories on the way here, where links are followed. */
    readonly realpaths: ReadonlySet<string>,
  ) {
    this.last = parsed.segments.length - 1;
  }

  get isAbsolute(): boolean {
    return this.parsed.isAbsolute;
  }

  /** One for each alternative that the braces of a text stand for. */
  static parse(text: string): Pattern[] {
    const { set, globParts } = matcherOf(text);
    return set.map((segments, alternative) => {
      const texts = globParts[alternative] ?? [];
      const isAbsolute = posix.isAbsolute(texts.join('/'));
      return new Pattern({ segments, texts, isAbsolute }, new Set([0]), new Set(), new Set());
    });
  }

  /** The directory below which everything that matches lies, relative to the search's. */
  get start(): string {
    const { segments, texts } = this.parsed;
    const expression = segments.findIndex((segment) => typeof segment !== 'string');
    return texts.slice(0, expression < 0 ? -1 : expression).join('/');
  }

  child(
    indexes: ReadonlySet<number>,
    symlinks: ReadonlySet<number> = new Set(),
    realpaths = this.realpaths,
  ): Pattern {
    return new Pattern(this.parsed, indexes, symlinks, realpaths);
  }

  get isFirst(): boolean {
    return this.indexes.has(0);
  }

  /** `dir/**` and a slash: `**` may stand for no directory. */
  isLast(isDirectory: boolean): boolean {
    if (this.indexes.has(this.last)) return true;
    const endsInDirectories = this.at(-1) === '' && this.at(-2) === GLOBSTAR;
    return endsInDirectories && isDirectory && this.indexes.has(this.last - 1);
  }

  get followsNextSymlink(): boolean {
    return [...this.indexes].some((index) => !this.symlinks.has(index));
  }

  /** The only segment that may match here; undefined if several may. */
  get only(): Segment | undefined {
    const [index] = this.indexes;
    return this.indexes.size === 1 && index !== undefined ? this.at(index) : undefined;
  }

  at(index: number): Segment | undefined {
    return this.parsed.segments.at(index);
  }

  isGlobstar(index: number): boolean {
    return this.at(index) === GLOBSTAR;
  }

  test(index: number, name: string): boolean {
    const segment = this.at(index);
    return typeof segment === 'object' ? segment.test(name) : segment === name || segment === GLOBSTAR;
  }

  /** What is still to be matched: two patterns with one rest find the same below a directory. */
  rest(index: number): string {
    return this.parsed.texts.slice(index).join('/');
  }
}
