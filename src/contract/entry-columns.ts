import type { Entry } from './entry.js';
import { joinPath, ROOT, type TreePath } from './tree-path.js';

/** Names of a page as columns: a thousand files are a few strings and bytes, in a thread, on their way and where they stay. */
export interface EntryColumns {
  /** Rows. */
  readonly count: number;
  /** Paths of the directories that there is something in. */
  readonly directories: readonly TreePath[];
  /** Last names, with a separator between them. */
  readonly names: string;
  /** One behind the other; none where nothing is. */
  readonly ids: string;
  /** `ROW.size` of each row, where its parts are as `ROW` says. */
  readonly rows: Uint8Array<ArrayBuffer>;
  /** What is no plain file, by where it stands; its row has nothing in the columns. */
  readonly others: readonly (readonly [row: number, entry: Entry])[];
}

/** Offsets of what a row tells in numbers, in bytes. */
export const ROW = {
  md5: 0,
  /** Each of six bytes. */
  fileSize: 16,
  mtime: 22,
  birthtime: 28,
  /** Where its id ends in all of them; four bytes. */
  idEnd: 34,
  /** Which directory it is in; four bytes. */
  within: 38,
  size: 42,
} as const;

/** Bytes of a size and a time. */
export const NUMBER_BYTES = 6;
/** A size that isn't known. */
export const NO_SIZE = 2 ** 48 - 1;
/** In no tree path, for it is escaped there. */
export const SEPARATOR = '\0';
export const MD5_BYTES = 16;
export const PREFIX = 'md5:';

/** A file as nearly all are, but for its name. */
export interface PlainFile {
  readonly md5: string;
  /** Bytes; null where the server doesn't tell them. */
  readonly size: number | null;
  readonly mtimeMs: number;
  readonly birthtimeMs: number;
  readonly id: string | null;
}

/** Makes columns, row by row. */
export class ColumnsWriter {
  /** No path was written twice. */
  get isDistinct(): boolean {
    return this.paths.size === this.count;
  }

  private count = 0;
  private readonly bytes: Buffer<ArrayBuffer>;
  private readonly names: string[] = [];
  private readonly ids: string[] = [];
  private readonly others: (readonly [number, Entry])[] = [];
  private readonly directories = new Map<TreePath, number>();
  private readonly paths = new Set<string>();
  private idEnd = 0;
  /** The directory of the row before, from the base on, with its slash. Rows of one come one after another, nearly always. */
  private last: string | null = null;
  private at = 0;

  /**
   * @param base what the paths of rows are told from
   * @param most rows
   */
  constructor(
    private readonly base: TreePath,
    most: number,
  ) {
    this.bytes = Buffer.from(new ArrayBuffer(most * ROW.size));
  }

  /** @returns false where a row can't hold what is told: then it isn't written */
  file(path: string, { md5, size, mtimeMs, birthtimeMs, id }: PlainFile): boolean {
    const { bytes, count } = this;
    const start = count * ROW.size;
    const known = size ?? NO_SIZE;
    if (size === NO_SIZE || id === '') return false;
    if (!isWhole(known) || !isWhole(mtimeMs) || !isWhole(birthtimeMs)) return false;
    if (!writeMd5(bytes, start + ROW.md5, md5)) return false;
    const slash = path.lastIndexOf('/') + 1;
    if (this.last === null || slash !== this.last.length || !path.startsWith(this.last))
      this.enter(path, slash);
    if (id) {
      this.ids.push(id);
      this.idEnd += id.length;
    }
    bytes.writeUIntLE(known, start + ROW.fileSize, NUMBER_BYTES);
    bytes.writeUIntLE(mtimeMs, start + ROW.mtime, NUMBER_BYTES);
    bytes.writeUIntLE(birthtimeMs, start + ROW.birthtime, NUMBER_BYTES);
    bytes.writeUInt32LE(this.at, start + ROW.within);
    this.end(path, path.slice(slash));
    return true;
  }

  entry(entry: Entry): void {
    const { base } = this;
    const path = base === ROOT ? entry.path : entry.path.slice(base.length + 1);
    if (isPlainFile(entry) && this.file(path, entry)) return;
    this.others.push([this.count, entry]);
    this.end(path, '');
  }

  columns(): EntryColumns {
    const { count, bytes, directories, names, ids, others } = this;
    const size = count * ROW.size;
    return {
      count,
      directories: [...directories.keys()],
      names: names.join(SEPARATOR),
      ids: ids.join(''),
      rows: new Uint8Array(size === bytes.byteLength ? bytes.buffer : bytes.buffer.slice(0, size)),
      others,
    };
  }

  private enter(path: string, slash: number): void {
    this.last = path.slice(0, slash);
    const directory = joinPath(this.base, path.slice(0, Math.max(0, slash - 1)));
    this.at = this.directories.get(directory) ?? this.directories.size;
    this.directories.set(directory, this.at);
  }

  private end(path: string, name: string): void {
    this.bytes.writeUInt32LE(this.idEnd, this.count * ROW.size + ROW.idEnd);
    this.names.push(name);
    this.paths.add(path);
    this.count++;
  }
}

const isWhole = (number: number): boolean => Number.isInteger(number) && number >= 0 && number <= NO_SIZE;

/** It can be made anew of a row of the columns, whole. */
function isPlainFile(entry: Entry): entry is Entry & PlainFile {
  const { kind, md5, version, isReadOnly, isUntold, target, refusal, origin } = entry;
  if (kind !== 'file' || isReadOnly || isUntold || md5 === null) return false;
  return target === undefined && refusal === undefined && origin === undefined && version === PREFIX + md5;
}

const NO_DIGIT = 0xff;
/** Of each sign of base64 its six bits. */
const DIGITS = new Uint8Array(128).fill(NO_DIGIT);
for (const [bits, sign] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  DIGITS[sign.charCodeAt(0)] = bits;

/**
 * Its sixteen bytes, in one pass that also looks whether it is one: base64 in the one spelling that gives it back.
 *
 * @returns is it?
 */
function writeMd5(bytes: Uint8Array, start: number, md5: string): boolean {
  if (md5.length !== 24 || !md5.endsWith('==')) return false;
  const digit = (at: number): number => DIGITS[md5.charCodeAt(at)] ?? NO_DIGIT;
  let seen = 0;
  let to = start;
  for (let at = 0; at < 20; at += 4) {
    const [a, b, c, d] = [digit(at), digit(at + 1), digit(at + 2), digit(at + 3)];
    seen |= a | b | c | d;
    bytes[to++] = (a << 2) | (b >> 4);
    bytes[to++] = (b << 4) | (c >> 2);
    bytes[to++] = (c << 6) | d;
  }
  const [a, b] = [digit(20), digit(21)];
  bytes[to] = (a << 2) | (b >> 4);
  return (seen | a | b) < 64 && (b & 15) === 0;
}
