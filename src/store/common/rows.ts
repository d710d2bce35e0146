import { createHash } from 'node:crypto';
import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import {
  decodeFileName,
  decodeName,
  segmentsOf,
  type TreePath,
  upperPath,
} from '../../contract/tree-path.js';
import { RealDate } from '../../platform/time.js';

/** What a tree path names on the server: names above units and theirs, and below one a file. */
export interface Place {
  /** From the entity to the unit; fewer above units, none at the root. Decoded. */
  readonly names: readonly string[];
  /** The unit's own path; null above units. */
  readonly unit: TreePath | null;
  /** The server's name of the file; null at and above units. */
  readonly file: string | null;
}

export function placeAt(path: TreePath, unitDepth: number): Place {
  const segments = segmentsOf(path);
  const names = segments.slice(0, unitDepth).map(decodeName);
  const below = segments.slice(unitDepth).join('/');
  return {
    names,
    unit: names.length < unitDepth ? null : upperPath(path, unitDepth),
    file: below === '' ? null : decodeFileName(below),
  };
}

/** W&B tells times in UTC, with 'Z' and without. */
export function timeOf(text: string): number {
  const plain = plainTime(text);
  if (plain !== null) return plain;
  const isZoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const time = Date.parse(isZoned ? text : `${text}Z`);
  return Number.isNaN(time) ? 0 : time;
}

/** A minute as text, and where it begins. */
interface Minute {
  readonly text: string;
  readonly ms: number;
}

/**
 * The last two that were read: listings have times by the hundred thousand, most of them in few minutes, but a row's two in
 * two.
 */
let minutes: readonly [last: Minute | null, before: Minute | null] = [null, null];

/** As the service writes nearly all of them; a fraction of a second and 'Z' stand behind it or not. */
const PLAIN_MINUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:$/;
const MINUTE_LENGTH = 17;

/** Null for any other, and for a day or an hour that there isn't. */
function plainTime(text: string): number | null {
  const minute = minuteOf(text);
  const second = minute && digitsAt(text, MINUTE_LENGTH, 2);
  const end = text.endsWith('Z') ? text.length - 1 : text.length;
  if (minute === null || second === null || second > 59) return null;
  if (end === MINUTE_LENGTH + 2) return minute.ms + second * 1000;
  const fraction = text.charCodeAt(MINUTE_LENGTH + 2) === DOT ? digitsAt(text, MINUTE_LENGTH + 3, 3) : null;
  const isPlain = fraction !== null && digitsAt(text, MINUTE_LENGTH + 6, end - MINUTE_LENGTH - 6) !== null;
  return isPlain ? minute.ms + second * 1000 + fraction : null;
}

function minuteOf(time: string): Minute | null {
  const [last, before] = minutes;
  if (last && time.startsWith(last.text)) return last;
  if (before && time.startsWith(before.text)) return before;
  const text = time.slice(0, MINUTE_LENGTH);
  const ms = PLAIN_MINUTE.test(text) ? Date.parse(`${text}00Z`) : Number.NaN;
  if (Number.isNaN(ms)) return null;
  minutes = [{ text, ms }, last];
  return minutes[0];
}

const DOT = 0x2e;
const ZERO = 0x30;

/** Null where something else stands. */
function digitsAt(text: string, start: number, count: number): number | null {
  let number = count < 0 ? Number.NaN : 0;
  for (let at = start; at < start + count; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : Number.NaN;
  }
  return Number.isNaN(number) ? null : number;
}

/** A time as users are told it: ISO 8601 in UTC, however the server writes it; null where it tells none. */
export const isoOf = (text: string | null | undefined): string | null =>
  typeof text === 'string' ? madeAt(text) : null;

export const madeAt = (text: string): string => new RealDate(timeOf(text)).toISOString();

export interface Connection<Row = unknown> {
  readonly edges: readonly { readonly cursor?: string; readonly node?: Row | null }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
}

/** Nodes of a connection; one without gaps, which the wire sees to. */
export const nodesOf = <Row>(connection: Pick<Connection<Row>, 'edges'> | null | undefined): Row[] =>
  (connection?.edges ?? []).flatMap(({ node }) => node ?? []);

export interface NamedRow {
  readonly name: string;
  readonly updatedAt?: string | null | undefined;
}

/** What a request for names brings. */
export type RowsOfNames<Row> = Promise<Connection<Row> | null | undefined>;

/**
 * Rows by their names. A server may cut a page shorter than the names that it was asked for: what isn't in it is asked
 * for again, and isn't taken to be missing.
 *
 * @param along names that are asked for as well, once
 */
export async function rowsOfNames<Row extends NamedRow>(
  names: readonly string[],
  ask: (names: readonly string[]) => RowsOfNames<Row>,
  along: readonly string[] = [],
): Promise<ReadonlyMap<string, Row>> {
  const rows = new Map<string, Row>();
  const isLeft = (name: string): boolean => !rows.has(name);
  for (let left = [...names, ...along]; names.some(isLeft); left = left.filter(isLeft)) {
    const before = rows.size;
    const page = await ask(left);
    for (const row of nodesOf(page)) {
      const known = rows.get(row.name);
      // Of two rows of one name the later one is the file.
      if (!known || timeOf(known.updatedAt ?? '') <= timeOf(row.updatedAt ?? '')) rows.set(row.name, row);
    }
    if (!page?.pageInfo.hasNextPage) break;
    if (rows.size === before) throw new Failure('EIO', 'The server listed fewer files than it has.');
  }
  return rows;
}

/**
 * Where the next page of a connection begins; null: this was the last.
 *
 * Runs and files go on from their last edge's cursor, all else from the page's, as the SDK does it (protocol
 * section 3.4): what goes on from edges selects their cursors.
 */
export function nextOf(connection: Connection | null | undefined): string | null {
  if (!connection?.pageInfo.hasNextPage) return null;
  const next = connection.edges.at(-1)?.cursor || connection.pageInfo.endCursor;
  if (!next) throw new Failure('EPROTO', "The server doesn't say where its listing goes on.");
  return next;
}

/** Of no bytes. */
const EMPTY_DIGESTS: ReadonlySet<string> = new Set(['1B2M2Y8AsgTpgAmY7PhCfg==', 'maoG0wFHmNhgAcMkRo1Jfw==']);

/** No storage holds larger ones. */
const LARGEST = 2 ** 48;

/**
 * The size that a server claims of a content, in bytes; null where that can't be its size: then the first answer of the
 * storage tells it. A size that is taken as it stands makes files empty, or too large for memory, without a request.
 *
 * @param digest of the content, MD5 or XXH128 in base64; null: not known
 */
export function plausibleSize(value: unknown, digest: string | null): number | null {
  const size = typeof value === 'string' && value !== '' ? digitsAt(value, 0, value.length) : value;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > LARGEST) return null;
  // Size 0 without a digest: so the service lists what it made itself, whatever its size.
  const isEmpty = digest !== null && EMPTY_DIGESTS.has(digest);
  return isEmpty === (size === 0) ? size : null;
}

/** Base64. */
export const md5Of = (content: Uint8Array | string): string =>
  createHash('md5').update(content).digest('base64');

/** 16 bytes: of the last sign before the padding only two bits count. */
const CANONICAL_MD5 = /^[A-Za-z\d+/]{21}[AQgw]==$/;

/**
 * An MD5 in the one spelling that all of it here has, base64: servers and proxies write hex, other alphabets and no
 * padding, and mean the same bytes. Null for what is none.
 */
export function canonicalMd5(value: string | null | undefined): string | null {
  if (typeof value === 'string' && CANONICAL_MD5.test(value)) return value;
  const text = value?.trim() ?? '';
  const bytes = /^[\da-f]{32}$/i.test(text)
    ? Buffer.from(text, 'hex')
    : Buffer.from(/^[\w+/-]{22}(==)?$/.test(text) ? text : '', 'base64');
  return bytes.byteLength === 16 ? bytes.toString('base64') : null;
}

/** A directory of the server, as the wire tells of it. */
export interface DirectoryFacts {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt?: string | null | undefined;
  readonly lastActive?: string | null | undefined;
  readonly heartbeatAt?: string | null | undefined;
}

export function directoryEntry(path: TreePath, facts: DirectoryFacts): Entry {
  const { id, createdAt, updatedAt, lastActive, heartbeatAt } = facts;
  return {
    path,
    kind: 'directory',
    size: null,
    mtimeMs: timeOf(heartbeatAt ?? lastActive ?? updatedAt ?? createdAt),
    birthtimeMs: timeOf(createdAt),
    version: `directory:${id}`,
    md5: null,
    id,
    isReadOnly: false,
  };
}

/**
 * Names the content of a file for `Entry.version`: equal versions mean equal bytes. Where the server tells the MD5 that
 * is all (rewriting a file with the same bytes changes `updatedAt` alone); else its size and time must do.
 *
 * @param row.updatedAt as the server tells it
 */
export const contentVersion = (row: {
  readonly md5: string | null;
  readonly size: number | null;
  readonly updatedAt: string;
}): string => (row.md5 === null ? `row:${row.size ?? ''}:${row.updatedAt}` : `md5:${row.md5}`);
