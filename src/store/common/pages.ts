import { WireFailure } from '../../wire/wire-failure.js';
import type { Entry } from '../contract.js';
import { Failure } from '../failure.js';
import type { StoreContext } from './context.js';

/** A page of a listing. */
export interface Page {
  readonly entries: readonly Entry[];
  /** Where the next page begins; null: this was the last. */
  readonly next: string | null;
}

/** Fetches the page that begins at `after`; null: there is no such directory. */
export type FetchPage = (after: string | null, first: number) => Promise<Page | null>;

/** All pages, one after another, in sizes that the server can. Rejects with ENOENT without a directory. */
export async function* pagesOf(context: StoreContext, fetch: FetchPage): AsyncGenerator<readonly Entry[]> {
  const { sizes } = context;
  const pageFrom = (from: string | null): Promise<Page | null> =>
    sizes.adapt('page', sizes.get('page'), (first) => fetch(from, first));
  for (let after: string | null = null, isLast = false; !isLast; ) {
    const page: Page | null = await pageFrom(after);
    if (!page) throw new Failure('ENOENT');
    yield page.entries;
    // A server that sends the same page for ever must not keep us for ever.
    if (page.next !== null && page.next === after) {
      throw new WireFailure('EPROTO', 'The server repeats a page of its listing.', null, 'protocol');
    }
    after = page.next;
    isLast = after === null;
  }
}
