import type { Dirent } from 'node:fs';
import type { Kind } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import { depthOf, joinPath, type TreePath, withoutSlash } from '../../contract/tree-path.js';
import type { Paging } from '../../kernel/namespace/listing/open-directory.js';
import type { Operation } from '../../kernel/operation/operation.js';
import type { DirectoryEntry, DirectoryPages, Kernel } from '../../kernel/syscalls.js';
import { joined } from '../arguments/layout.js';
import { asPath } from '../arguments/paths.js';
import { asOptions, asRecursive, asUint32, type Bag, copied } from '../arguments/validate.js';
import { Dir } from '../results/dir.js';
import { direntOf, encodedName } from '../results/dirents.js';
import { explaining, invokeAt, placeOf, type Tree } from '../tree.js';
import { TreeAhead } from './ahead.js';
import { type Composite, driveSync, invoke, type Step } from './driver.js';
import { Lookahead } from './shared/lookahead.js';
import { type Found, type Level, type LooksAhead, Walk } from './shared/walk.js';

type Name = string | Buffer;

const listing = (isRecursive: (option: unknown) => boolean, isCopying: boolean) =>
  function* (tree: Tree, path: unknown, options?: unknown): Composite<Name[] | Dirent[]> {
    const asked = asOptions(options);
    const { given, encoding } = isCopying ? asOptions(copied(asked.given)) : asked;
    const { withFileTypes, recursive } = given;
    const text = asPath(path);
    if (isRecursive(recursive)) {
      // As Node's: by names it goes through links, by entries it doesn't.
      const isThroughLinks = !withFileTypes;
      const walking = { tree, syscall: 'scandir', paging: null, isRecursive: true, isThroughLinks };
      const walk = yield* walkBelow(walking, text);
      const found = yield* walk.all();
      if (withFileTypes) return found.map(({ entry, level }) => direntOf(entry, level.given, encoding));
      return found.map(({ entry, level }) => encodedName(`${level.prefix}${entry.name}`, encoding));
    }
    const entries = yield* invokeAt('scandir', placeOf(tree, text), (op, at) => tree.kernel.readdir(op, at));
    if (withFileTypes) return entries.map((entry) => direntOf(entry, text, encoding));
    return entries.map(({ name }) => encodedName(name, encoding));
  };

export const readdir = listing(asRecursive, false);
/** As the promise face wants it: it takes a copy, and for `recursive` anything that is true will do. */
export const readdirAt = listing(Boolean, true);

type FoundBelow = Found<DirectoryEntry, TreeLevel>;

interface Walking {
  readonly tree: Tree;
  readonly syscall: string;
  /** Null: at once, sorted. */
  readonly paging: Paging | null;
  readonly isRecursive: boolean;
  /** Through links to directories, too; but for those beside units, which lead to what is listed anyway. */
  readonly isThroughLinks: boolean;
}

/** Goes through a directory, and those below it with `isRecursive`. Fails where it can't be listed. */
function* walkBelow(walking: Walking, given: string): Composite<Walk<DirectoryEntry, TreeLevel>> {
  const { tree, syscall, isRecursive } = walking;
  const place = placeOf(tree, given);
  // Who walks through a directory walks from there: an alias that moves meanwhile would lead into another version.
  const toReal = invokeAt(syscall, place, (op, at) => {
    op.isListingWanted = true;
    return tree.mount.show(tree.kernel.realpath(op, at));
  });
  const real = isRecursive ? yield* toReal : given;
  const top = new TreeLevel(walking, given, real, '');
  const lookahead: LooksAhead<DirectoryEntry> | null = isRecursive ? yield* lookaheadOf(walking) : null;
  return yield* Walk.through(top, lookahead);
}

/** Units are asked for several at once. Who reads page by page may stop anywhere: he gets little, and then more. */
function* lookaheadOf({ tree, syscall, paging }: Walking): Composite<Lookahead> {
  const freshness = yield* invoke({ syscall, run: (op) => op.freshness });
  const ahead = new TreeAhead(tree, freshness, paging === null ? 'down to units' : 'units');
  return new Lookahead(ahead, { isFetching: false, isSelective: paging !== null, joined });
}

class TreeLevel implements Level<DirectoryEntry> {
  #open: DirectoryPages | null = null;
  #isRead = false;
  #links: ReadonlySet<string> = new Set();

  /**
   * @param given how the caller calls it
   * @param path without aliases: all levels are of one version
   * @param prefix of the names in it, as seen from the top
   */
  constructor(
    private readonly walk: Walking,
    readonly given: string,
    readonly path: string,
    readonly prefix: string,
  ) {}

  *page(): Composite<readonly DirectoryEntry[] | null> {
    const { tree, syscall, paging } = this.walk;
    if (this.#isRead || this.#open?.isEnded) return null;
    const place = placeOf(tree, this.path);
    const run: Step<readonly DirectoryEntry[] | null>['run'] = (op) => {
      if (paging === null) {
        const entries = tree.kernel.readdir(op, place.tree);
        this.#links = new Set(this.directoriesBehindLinks(op, withoutSlash(place.tree), entries));
        return entries;
      }
      this.#open ??= tree.kernel.opendir(op, place.tree, paging);
      return this.#open.next(op);
    };
    const page = yield* invoke({ syscall, path: this.given, run, explain: explaining(place) });
    this.#isRead = paging === null;
    return page;
  }

  private directoriesBehindLinks(op: Operation, at: TreePath, entries: readonly DirectoryEntry[]): string[] {
    const { kernel, mount } = this.walk.tree;
    if (!this.walk.isThroughLinks || depthOf(at) < mount.layout.shape.levels.length) return [];
    const links = entries.filter(({ kind }) => kind === 'symlink');
    return links.flatMap(({ name }) =>
      kindIfThere(kernel, op, joinPath(at, name)) === 'directory' ? [name] : [],
    );
  }

  below({ name, kind }: DirectoryEntry): TreeLevel | null {
    if (!this.walk.isRecursive || !(kind === 'directory' || this.#links.has(name))) return null;
    const { given, path, prefix } = this;
    return new TreeLevel(this.walk, joined(given, name), joined(path, name), `${prefix}${name}/`);
  }
}

/** Null where a link leads nowhere. */
function kindIfThere(kernel: Kernel, op: Operation, path: TreePath): Kind | null {
  try {
    return kernel.stat(op, path).kind;
  } catch (thrown) {
    if (thrown instanceof Failure) return null;
    throw thrown;
  }
}

/** Node checks what it is given, and then takes what is the object's own. */
export function asDirOptions(options: unknown) {
  const { given, encoding } = asOptions(options);
  const own: Bag = { bufferSize: 32, ...given };
  return {
    bufferSize: own.bufferSize,
    recursive: Boolean(own.recursive),
    encoding: own.encoding === undefined ? null : encoding,
  };
}

/**
 * Opens a directory: one that is known is shown as it was then, any other page by page as it is read; with `recursive`,
 * those below as this instance knows them when they are come to. The walk is one call: it lists a run once, however
 * long it takes.
 */
export function* opendir(tree: Tree, path: unknown, options?: unknown): Composite<Dir> {
  const given = asPath(path);
  const { bufferSize, recursive, encoding } = asDirOptions(options);
  const paging = recursive ? 'above units' : 'always';
  const isRecursive = Boolean(recursive);
  const walking = { tree, syscall: 'opendir', paging, isRecursive, isThroughLinks: false } as const;
  const walk = yield* walkBelow(walking, given);
  asUint32(bufferSize, 'options.bufferSize', true);
  const freshness = yield* invoke({ syscall: 'opendir', path: given, run: (op) => op.freshness });
  const show = (found: FoundBelow | null): Dirent | null =>
    found && direntOf(found.entry, found.level.given, encoding);
  function* next(): Composite<Dirent | null> {
    return show(yield* walk.next());
  }
  return new Dir(given, {
    next: () => tree.calls.drive(next(), undefined, freshness),
    nextSync: () => show(walk.take()) ?? driveSync(next(), freshness),
  });
}
