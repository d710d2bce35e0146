import { createHash } from 'node:crypto';
import type { Content, Entry, Lookup } from '../../../src/contract/entry.js';
import { Failure } from '../../../src/contract/failure.js';
import type { Store } from '../../../src/contract/store.js';
import type { TreePath } from '../../../src/contract/tree-path.js';
import { treePath } from '../../../src/contract/tree-path.js';
import type { OpenSource } from '../../../src/contract/uploads.js';

export const WHOLE = { start: 0, end: Number.MAX_SAFE_INTEGER };

/** Short words for what is asked of a store. */
export interface Asked {
  lookup(path: TreePath, listing?: boolean): Promise<Lookup>;
  /** The entry at a path, where there is one. */
  entryAt(path: TreePath): Promise<Entry>;
  read(entry: Entry, range?: typeof WHOLE, etag?: string | null): Promise<Content>;
  /** The whole content at a path, as text. */
  text(path: TreePath): Promise<string>;
  list(path: TreePath): Promise<Entry[]>;
  paths(path: TreePath): Promise<string[]>;
}

/** @param current the store of the test that runs */
export function asked(current: () => Store): Asked {
  const lookup: Asked['lookup'] = async (path, listing = false) => {
    const told = await current().lookup(path, { listing });
    return { ...told, listing: told.listing && { ...told.listing, entries: [...told.listing.entries] } };
  };
  const entryAt = async (path: TreePath): Promise<Entry> => {
    const { found } = await lookup(path);
    if (found === null || found === 'prefix') throw new Error(`'${path}' is no entry: ${found}`);
    return found;
  };
  const read: Asked['read'] = (entry, range = WHOLE, etag = null) => current().read(entry, range, { etag });
  const list = async (path: TreePath): Promise<Entry[]> => {
    const entries: Entry[] = [];
    for await (const page of current().list(path, {})) entries.push(...page);
    return entries;
  };
  return {
    lookup,
    entryAt,
    read,
    list,
    text: async (path) => textOf((await read(await entryAt(path))).bytes),
    paths: async (path) => (await list(path)).map((entry) => entry.path).sort(),
  };
}

export const bytesSource = (text: string): OpenSource => ({
  kind: 'bytes',
  bytes: new Uint8Array(Buffer.from(text)),
});

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Declares files by their paths, sends the content of each, and finishes them, all at once. */
export async function uploadTo(store: Store, sources: Readonly<Record<string, OpenSource>>): Promise<void> {
  const { uploads } = store;
  if (!uploads) throw new Error('the store has no uploads');
  const tickets = await uploads.declare(Object.keys(sources).map(treePath), {});
  await Promise.all(
    tickets.map((ticket) => {
      const source = sources[ticket.path];
      if (!source) throw new Error(`no such file was declared: '${ticket.path}'`);
      return uploads.put(ticket, source, {});
    }),
  );
  await uploads.finish(tickets, {});
}

/** Base64. */
export const md5Of = (text: string): string => createHash('md5').update(text).digest('base64');

/** The errno name that a call fails with. */
export const codeOf = async (call: unknown): Promise<string> => {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.code;
    throw thrown;
  }
  return 'success';
};

/** What a call fails with. */
export const failureOf = async (call: Promise<unknown> | undefined): Promise<Failure> => {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error('the call succeeded');
};

/** The directories above a path, outermost first, and the path itself. */
export const chainOf = (path: TreePath): TreePath[] =>
  path.split('/').map((_, index, segments) => treePath(segments.slice(0, index + 1).join('/')));

export const parentOf = (path: TreePath): TreePath => treePath(path.slice(0, path.lastIndexOf('/')));
