import type { Entry, Kind } from './entry.js';
import { joinPath, lastNameOf, parentOf, ROOT, type TreePath } from './tree-path.js';

/** Names of a page as columns: a thousand files are a few strings and numbers, in a thread, on their way and where they stay. */
export interface EntryColumns {
  /** Rows. */
  readonly count: number;
  /** Paths of the directories that there is something in; and of each row, in which. */
  readonly directories: readonly TreePath[];
  readonly within: Uint32Array<ArrayBuffer>;
  /** Last names, with a separator between them. */
  readonly names: string;
  /** One behind the other, and where each ends; none where nothing is. */
  readonly ids: string;
  readonly idEnds: Uint32Array<ArrayBuffer>;
  /** Each as long as the others. */
  readonly md5s: string;
  /** Sizes, then when they were changed, then when they were made. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** What is no plain file, by where it stands; its row has nothing in the columns. */
  readonly others: readonly (readonly [row: number, entry: Entry])[];
}

/** In no tree path, for it is escaped there. */
const SEPARATOR = '\0';
const MD5_LENGTH = 24;
const PREFIX = 'md5:';
const NO_MD5 = ' '.repeat(MD5_LENGTH);
/** So few are no columns. */
const FEW = 8;

/** As a store tells them, or as they are kept. */
export type Entries = readonly Entry[] | EntryPage;

/**
 * A page of a listing. Whoever keeps a name of it keeps the page and the number of its row; an entry is made of that where all
 * of it is asked for. No path stands twice in it.
 */
export class EntryPage implements Iterable<Entry> {
  readonly count: number;
  private readonly others: ReadonlyMap<number, Entry> | null;

  constructor(readonly columns: EntryColumns) {
    this.count = columns.count;
    this.others = columns.others.length > 0 ? new Map(columns.others) : null;
  }

  static of(entries: Entries): EntryPage {
    return entries instanceof EntryPage ? entries : new EntryPage(columnsOf(newestOf(entries)));
  }

  /** Calls with each row, the directory that it is in, and its last name. */
  each(visit: (row: number, directory: TreePath, name: string) => void): void {
    const { directories, within, names } = this.columns;
    const all = names.split(SEPARATOR);
    for (let row = 0; row < this.count; row++) {
      const other = this.others?.get(row);
      const at = within[row];
      const directory = at === undefined ? undefined : directories[at];
      visit(
        row,
        directory ?? parentOf(other?.path ?? ROOT),
        other ? lastNameOf(other.path) : (all[row] ?? ''),
      );
    }
  }

  /** The entry of what is no plain file. */
  other(row: number): Entry | undefined {
    return this.others?.get(row);
  }

  kindOf(row: number): Kind {
    return this.other(row)?.kind ?? 'file';
  }

  /** Bytes; null where the server doesn't tell them. */
  sizeOf(row: number): number | null {
    const other = this.other(row);
    if (other) return other.size;
    const size = this.columns.numbers[row] ?? Number.NaN;
    return Number.isNaN(size) ? null : size;
  }

  mtimeOf(row: number): number {
    return this.other(row)?.mtimeMs ?? this.columns.numbers[this.count + row] ?? 0;
  }

  birthtimeOf(row: number): number {
    return this.other(row)?.birthtimeMs ?? this.columns.numbers[2 * this.count + row] ?? 0;
  }

  versionOf(row: number): string {
    return this.other(row)?.version ?? PREFIX + this.md5Of(row);
  }

  /** Is the content of a row the same as that of another one, maybe of another page? */
  isSameVersion(row: number, page: EntryPage, other: number): boolean {
    if (this.others || page.others) return this.versionOf(row) === page.versionOf(other);
    return this.md5Of(row) === page.md5Of(other);
  }

  hasId(row: number): boolean {
    return this.idOf(row) !== null;
  }

  entryOf(row: number, path: TreePath): Entry {
    return (
      this.other(row) ?? {
        path,
        kind: 'file',
        size: this.sizeOf(row),
        mtimeMs: this.mtimeOf(row),
        birthtimeMs: this.birthtimeOf(row),
        version: this.versionOf(row),
        md5: this.md5Of(row),
        id: this.idOf(row),
        isReadOnly: false,
      }
    );
  }

  find(path: TreePath): Entry | undefined {
    let found: Entry | undefined;
    const [parent, last] = [parentOf(path), lastNameOf(path)];
    this.each((row, directory, name) => {
      if (name === last && directory === parent) found = this.entryOf(row, path);
    });
    return found;
  }

  paths(): readonly TreePath[] {
    const paths: TreePath[] = [];
    this.each((_, directory, name) => paths.push(joinPath(directory, name)));
    return paths;
  }

  [Symbol.iterator](): IterableIterator<Entry> {
    return this.paths()
      .map((path, row) => this.entryOf(row, path))
      .values();
  }

  private md5Of(row: number): string {
    return this.columns.md5s.slice(row * MD5_LENGTH, (row + 1) * MD5_LENGTH);
  }

  private idOf(row: number): string | null {
    const other = this.other(row);
    if (other) return other.id;
    const { ids, idEnds } = this.columns;
    return ids.slice(row === 0 ? 0 : idEnds[row - 1], idEnds[row]) || null;
  }
}

/** Of two rows of one name the later one counts. */
function newestOf(entries: readonly Entry[]): readonly Entry[] {
  const paths = new Set<TreePath>();
  for (const { path } of entries) paths.add(path);
  if (paths.size === entries.length) return entries;
  const newest = new Map<TreePath, Entry>();
  for (const entry of entries) {
    const other = newest.get(entry.path);
    if (!other || other.mtimeMs <= entry.mtimeMs) newest.set(entry.path, entry);
  }
  return [...newest.values()];
}

function columnsOf(entries: readonly Entry[]): EntryColumns {
  const { length: count } = entries;
  const others: (readonly [number, Entry])[] = [];
  const isFew = count < FEW;
  const rows = isFew ? 0 : count;
  const [names, ids, md5s]: [string[], string[], string[]] = [[], [], []];
  const numbers = new Float64Array(3 * rows);
  const within = new Uint32Array(rows);
  const idEnds = new Uint32Array(rows);
  const directories = new Map<TreePath, number>();
  let last = ROOT;
  let [at, idEnd] = [0, 0];
  for (let row = 0; row < count; row++) {
    const entry = entries[row] as Entry;
    const isPlain = !isFew && isPlainFile(entry);
    if (!isPlain) others.push([row, entry]);
    if (isFew) continue;
    const { path, size, mtimeMs, birthtimeMs, id, md5 } = entry;
    // Rows of one directory come one after another, nearly always.
    if (directories.size === 0 || path.lastIndexOf('/') !== last.length || !path.startsWith(last)) {
      last = parentOf(path);
      at = directories.get(last) ?? directories.size;
      directories.set(last, at);
    }
    within[row] = at;
    names.push(isPlain ? lastNameOf(path) : '');
    md5s.push((isPlain && md5) || NO_MD5);
    if (isPlain && id) {
      ids.push(id);
      idEnd += id.length;
    }
    idEnds[row] = idEnd;
    numbers[row] = size ?? Number.NaN;
    numbers[count + row] = mtimeMs;
    numbers[2 * count + row] = birthtimeMs;
  }
  return {
    ...{ count, directories: [...directories.keys()], within, names: names.join(SEPARATOR) },
    ...{ ids: ids.join(''), idEnds, md5s: md5s.join(''), numbers, others },
  };
}

/** A file as nearly all are: it can be made anew of a row of the columns, whole. */
function isPlainFile(entry: Entry): boolean {
  const { kind, md5, version, id, isReadOnly, isUntold, target, refusal, origin } = entry;
  if (kind !== 'file' || isReadOnly || isUntold || md5?.length !== MD5_LENGTH || id === '') return false;
  const isBare = target === undefined && refusal === undefined && origin === undefined;
  return isBare && version.length === MD5_LENGTH + PREFIX.length && version === PREFIX + md5;
}
