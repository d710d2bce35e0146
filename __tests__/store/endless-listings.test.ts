import { resolveConfig } from '../../src/config/config.js';
import type { Entry } from '../../src/contract/entry.js';
import type { Store } from '../../src/contract/store.js';
import { treePath } from '../../src/contract/tree-path.js';
import { StoreContext } from '../../src/store/common/context.js';
import { MOST_VAIN_PAGES, pagesOf } from '../../src/store/common/pages.js';
import { createRunsStore } from '../../src/store/runs.js';
import { isWireFailure } from '../../src/wire/wire-failure.js';
import { json, serve, type TestServer } from '../wire/helpers/http-server.js';
import { connect } from '../wire/helpers/wire.js';

const RUN = 'team/project/run';

interface ListedPage {
  readonly names: readonly string[];
  /** Null: the last page. */
  readonly cursor: string | null;
  /** Were the files uploaded? */
  readonly isUploaded?: boolean;
}

/** A server whose listing of a run has the page that `pageAt` tells, from 0 on. */
const listing = (pageAt: (page: number) => ListedPage): Promise<TestServer> => {
  let count = 0;
  return serve((_request, response) => {
    const { names, cursor, isUploaded = true } = pageAt(count++);
    const edges = names.map((name) => ({
      cursor,
      node: {
        id: `id of ${name}`,
        name,
        sizeBytes: 1,
        md5: 'DMF1ucDxtqgxw5niaXcmYQ==',
        createdAt: '2026-01-01T00:00:00Z',
        updatedAt: isUploaded ? '2026-01-01T00:00:00Z' : null,
      },
    }));
    const pageInfo = { hasNextPage: cursor !== null, endCursor: cursor };
    json(response, { data: { project: { run: { projectId: '1', files: { edges, pageInfo } } } } });
  });
};

let store: Store;
afterEach(() => store.close?.());

const list = async ({ url }: TestServer, signal?: AbortSignal): Promise<readonly Entry[]> => {
  const config = resolveConfig({ baseUrl: url, apiKey: 'k'.repeat(40) }, { HOME: '/nonexistent' }, '/');
  store = createRunsStore(config.wire.reveal());
  const entries: Entry[] = [];
  for await (const page of store.list(treePath(RUN), { signal })) entries.push(...page);
  return entries;
};

const failureOf = async (pending: Promise<unknown>): Promise<unknown> => {
  try {
    return await pending;
  } catch (thrown) {
    if (isWireFailure(thrown)) return thrown;
    throw thrown;
  }
};

const hundred = (page: number): string[] => Array.from({ length: 100 }, (_, row) => `${page}-${row}`);

test.each<[string, (page: number) => ListedPage]>([
  ['the page before', () => ({ names: ['a'], cursor: 'same' })],
  ['a page of long ago', (page) => ({ names: hundred(page), cursor: `at ${page % 40}` })],
])('a listing that comes back to %s is EPROTO', async (_, pageAt) => {
  const server = await listing(pageAt);
  expect(await failureOf(list(server))).toMatchObject({
    code: 'EPROTO',
    detail: 'The server repeats a page of its listing.',
  });
  expect(server.received.length).toBeLessThanOrEqual(41);
});

test.each<[string, (page: number) => ListedPage]>([
  ['the same page', (page) => ({ names: hundred(0), cursor: `at ${page}` })],
  ['three pages in turn', (page) => ({ names: hundred(page % 3), cursor: `at ${page}` })],
])('a listing that goes on with %s under ever new cursors is EPROTO', async (_, pageAt) => {
  const server = await listing(pageAt);
  expect(await failureOf(list(server))).toMatchObject({
    code: 'EPROTO',
    detail: "The server doesn't come to the end of its listing.",
  });
  expect(server.received.length).toBeLessThan(30);
});

test('a listing of more rows than any directory has is EPROTO, whatever is in them', async () => {
  const fetch = async (after: string | null) => ({
    entries: [],
    rows: 1_000_000,
    next: String(Number(after) + 1),
  });
  const walk = async (): Promise<void> => {
    for await (const page of pagesOf(new StoreContext(connect('http://127.0.0.1:9')), fetch))
      expect([...page]).toEqual([]);
  };
  expect(await failureOf(walk())).toMatchObject({
    code: 'EPROTO',
    detail: 'The server lists more than 5000000 names in one directory.',
  });
});

test('pages of files that were never uploaded are no end, however many', async () => {
  const server = await listing((page) =>
    page < 3 * MOST_VAIN_PAGES
      ? { names: hundred(page), cursor: `at ${page}`, isUploaded: false }
      : { names: ['last'], cursor: null },
  );
  expect((await list(server)).map(({ path }) => path)).toEqual([`${RUN}/last`]);
});

test('a page that shows names again, as when files come and go meanwhile, is no end', async () => {
  const server = await listing((page) => ({
    names: hundred(Math.floor(page / 2)),
    cursor: page < 60 ? `at ${page}` : null,
  }));
  expect(new Set((await list(server)).map(({ path }) => path)).size).toBe(3100);
});

test('who gives up an endless listing is gone at once, and so are its requests', async () => {
  const controller = new AbortController();
  const server = await listing((page) => {
    if (page === 20) controller.abort();
    return { names: hundred(page), cursor: `at ${page}` };
  });
  expect(await failureOf(list(server, controller.signal))).toMatchObject({ code: 'ECANCELED' });
  expect(server.received).toHaveLength(21);
});

test('a store that is closed asks for no further page', async () => {
  const server = await listing((page) => {
    if (page === 20) void store.close?.();
    return { names: hundred(page), cursor: `at ${page}` };
  });
  expect(await failureOf(list(server))).toMatchObject({ code: 'EIO' });
  expect(server.received).toHaveLength(21);
});
