import type { Alike, Entry, Page } from '../../contract/entry.js';
import { type Entries, EntryPage } from '../../contract/entry-page.js';
import { Failure } from '../../contract/failure.js';
import { joinPath, parentOf, type TreePath } from '../../contract/tree-path.js';
import { WireFailure } from '../../wire/wire-failure.js';
import type { StoreContext } from './context.js';
import { type Connection, nextOf } from './rows.js';

/** Which page is asked for. */
export interface PageQuery {
  /** Where it begins; null: at the beginning. */
  readonly after: string | null;
  /** Rows at most. */
  readonly first: number;
}

/** Fetches the page that begins at `after`; null: there is no such directory. */
export type FetchPage = (after: string | null, first: number) => Promise<Page<Entries> | null>;

/** A page of what a directory holds; null without one: the wire sees to it that what is listed is there. */
export function pageOf<Row>(
  connection: Connection<Row> | null | undefined,
  entryOf: (row: Row) => Entry | null,
): Page | null {
  if (!connection) return null;
  const entries: Entry[] = [];
  // Runs have files by the hundred thousand: no list a row.
  for (const { node } of connection.edges) {
    const entry = node ? entryOf(node) : null;
    if (entry) entries.push(entry);
  }
  return { entries, rows: connection.edges.length, next: nextOf(connection) };
}

/** All of a directory that isn't listed in pages. */
export const onlyPage = (entries: readonly Entry[]): Page => ({ entries, rows: entries.length, next: null });

/** Rows of one listing; more of them would fill the memory, and no run has them. */
const MOST_ROWS = 5_000_000;
/** Pages that bring nothing new, one after another. */
export const MOST_VAIN_PAGES = 10;
/** Names that are told apart in a listing with many pages, more or less. */
const SEEN_BITS = 2 ** 23;
/** Names of a page that tell whether it is new: where those were on earlier pages, so were the others. */
const SAMPLES = 64;
/** Most listings end before; what shorter ones have brought isn't remembered. */
const UNWATCHED_PAGES = 10;

/**
 * All pages, or those from `start` on, one after another, in sizes that the server can. Rejects with ENOENT without a directory, and with EPROTO
 * where the server's pages have no end.
 */
export async function* pagesOf(
  context: StoreContext,
  fetch: FetchPage,
  start: string | null = null,
): AsyncGenerator<EntryPage> {
  const end = new EndWatch();
  let after = start;
  do {
    const page: Page<Entries> = await pageFrom(context, fetch, after);
    const entries = EntryPage.of(page.entries);
    yield entries;
    end.look({ ...page, entries });
    after = page.next;
  } while (after !== null);
}

/** Rejects with ENOENT without a directory. */
export async function pageFrom(
  { sizes }: StoreContext,
  fetch: FetchPage,
  after: string | null,
): Promise<Page<Entries>> {
  const page = await sizes.adapt('page', sizes.get('page'), (first) => fetch(after, first));
  if (!page) throw new Failure('ENOENT');
  return page;
}

/** A server that goes on for ever must not keep us for ever. */
class EndWatch {
  private readonly cursors = new Set<string>();
  private seen: SeenNames | null = null;
  private pages = 0;
  private rows = 0;
  private vain = 0;

  /** Throws EPROTO when what has come so far tells that there is no end. */
  look({ entries, rows, next }: Page<EntryPage>): void {
    if (next === null) return;
    this.pages += 1;
    this.rows += rows;
    if (this.cursors.has(next)) throw endless('repeats a page of its listing');
    this.cursors.add(next);
    if (this.rows > MOST_ROWS) throw endless(`lists more than ${MOST_ROWS} names in one directory`);
    this.vain = this.isVain(entries, rows) ? this.vain + 1 : 0;
    if (this.vain === MOST_VAIN_PAGES) throw endless("doesn't come to the end of its listing");
  }

  private isVain(page: EntryPage, rows: number): boolean {
    if (this.pages <= UNWATCHED_PAGES) return rows === 0;
    const seen = this.seen ?? new SeenNames();
    this.seen = seen;
    const step = Math.ceil(page.count / SAMPLES);
    let isNew = false;
    page.each((row, directory, name) => {
      if (row % step === 0) isNew = seen.add(joinPath(directory, name)) || isNew;
    });
    // Rows that are no entries, such as files that were never uploaded, are news that isn't kept.
    return rows === 0 || (page.count > 0 && !isNew);
  }
}

/**
 * A bit for each name, where its hash says: a megabyte, however many there are. A name may be taken for another that has its
 * bit, but not those of pages in a row.
 */
class SeenNames {
  private readonly bits = new Uint8Array(SEEN_BITS / 8);

  /** @returns is it new? */
  add(name: string): boolean {
    let hash = 0x811c9dc5;
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    const byte = (hash >>> 3) % this.bits.length;
    const known = this.bits[byte] ?? 0;
    this.bits[byte] = known | (1 << (hash & 7));
    return this.bits[byte] !== known;
  }
}

const endless = (what: string): WireFailure =>
  new WireFailure('EPROTO', `The server ${what}.`, null, 'protocol');

/** For a message nobody waits longer, in milliseconds. */
export const ALIKE_MS = 3000;

export const NONE_ALIKE: Alike = { isParentMissing: false, spelt: [], titled: [] };

/** Names that differ only in case, on the first page of the directory's listing. Null where the name itself is on it. */
export async function alikeInListing(
  path: TreePath,
  list: (path: TreePath) => AsyncIterable<Iterable<Entry>>,
): Promise<Alike | null> {
  const name = path.toLowerCase();
  try {
    for await (const entries of list(parentOf(path))) {
      const page = [...entries];
      if (page.some((entry) => entry.path === path)) return null;
      const spelt = page.filter((entry) => entry.path.toLowerCase() === name);
      return { ...NONE_ALIKE, spelt: spelt.map((entry) => entry.path.slice(parentOf(path).length + 1)) };
    }
    return NONE_ALIKE;
  } catch (error) {
    if (error instanceof Failure && error.code === 'ENOENT') return { ...NONE_ALIKE, isParentMissing: true };
    throw error;
  }
}
