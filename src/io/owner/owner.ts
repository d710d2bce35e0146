import { setMaxListeners } from 'node:events';
import type { Entry } from '../../contract/entry.js';
import { type Entries, EntryPage } from '../../contract/entry-page.js';
import { Failure } from '../../contract/failure.js';
import {
  type Args,
  type Method,
  READS,
  type RemoteEvent,
  type Reply,
  type Value,
} from '../../contract/remote.js';
import type { Store } from '../../contract/store.js';
import { type TreePath, upperPath } from '../../contract/tree-path.js';
import type { TreeShape } from '../../contract/tree-shape.js';
import { wallClock } from '../../platform/time.js';
import { unlessAborted } from '../../wire/retry.js';
import { failureOf } from '../protocol.js';
import { commit } from '../upload/commit.js';
import { Lease } from '../upload/lease.js';
import { createRemovals } from '../upload/removals.js';
import { rename } from '../upload/renames.js';
import type { OwnerContents } from '../upload/upload.js';
import { Uploader, type UploadOptions } from '../upload/uploader.js';

export interface OwnerOptions extends UploadOptions {
  readonly store: Store;
  readonly contents: OwnerContents;
  /** Names that a former owner may have declared to the server. @default [] */
  readonly declared?: Iterable<TreePath> | undefined;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** The one owner of a remote: its store and its upload queue. Serves the messages of `remote.ts`. */
export interface Owner {
  readonly shape: TreeShape;
  /** Hears what happens without being asked. */
  onEvent: (event: RemoteEvent) => void;
  /**
   * Serves one message. Its place among others is where it is called: what a `submit` hands over, the next `flush`
   * waits for. Never rejects. An abort ends reads with ECANCELED; of changes the outcome must be known.
   *
   * @param tell gets what comes before the reply, of a `list`. @default all of it is the reply
   */
  handle<M extends Method>(method: M, args: Args<M>, signal: AbortSignal, tell?: TellPage): Promise<Reply<M>>;
}

/** Resolves when more can be told. */
export type TellPage = (entries: Entries) => Promise<void>;

const NO_ENTRIES = EntryPage.of([]);

type Handlers = {
  readonly [M in Method]: (
    args: Args<M>,
    signal: AbortSignal,
    tell: TellPage | undefined,
  ) => Promise<Value<M>>;
};

export function createOwner({ store, contents, now = wallClock, ...options }: OwnerOptions): Owner {
  const refuse = (): never => {
    throw new Failure('EROFS', 'This store can only be read.');
  };
  const closing = new AbortController();
  const { signal: closed } = closing;
  // Everything that is on its way listens to it, which is no leak.
  setMaxListeners(0, closed);
  const emit = (event: RemoteEvent): void => owner.onEvent(event);

  const createWriter = () => {
    const target = {
      lookup: (...args: Parameters<Store['lookup']>) => store.lookup(...args),
      uploads: store.uploads ?? { declare: refuse, put: refuse, finish: refuse },
    };
    const unitOf = (path: TreePath): TreePath => upperPath(path, store.shape.levels.length);
    const uploader = new Uploader(target, emit, { ...options, unitOf, now, contents, closing: closed });
    return { store, uploader, remove: createRemovals(store, closed) };
  };
  let writer: ReturnType<typeof createWriter> | null = null;
  /** Made for the first change: most owners only read. */
  const writing = (): ReturnType<typeof createWriter> => {
    writer ??= createWriter();
    return writer;
  };

  async function listed(path: TreePath, signal: AbortSignal, after?: string): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    for await (const page of store.list(path, { signal, after }))
      for (const entry of page) entries.push(entry);
    return entries;
  }

  const handlers: Handlers = {
    lookup: ({ path, listing }, signal) => store.lookup(path, { listing, signal }),

    list: async ({ path, after }, signal, tell) => {
      if (!tell) return { entries: await listed(path, signal, after) };
      let last = NO_ENTRIES;
      for await (const entries of store.list(path, { signal, after })) {
        if (last.count > 0) await tell(last);
        last = EntryPage.of(entries);
      }
      return { entries: last };
    },

    page: async ({ path, after }, signal) => {
      const page = store.page?.(path, { after, signal }) ?? null;
      if (page) return page;
      const entries = await listed(path, signal);
      return { entries, rows: entries.length, next: null };
    },

    read: ({ entry, start, end, ...options }, signal) =>
      store.read(entry, { start, end }, { ...options, signal }),
    readNewest: ({ entry, limit }, signal) => store.readNewest(entry, { limit, signal }),

    submit: async (submission) => {
      if (!store.uploads) return refuse();
      writing().uploader.submit(submission);
      return null;
    },

    flush: async ({ inos }) => ({ failed: await writing().uploader.flush(inos) }),

    rename: async ({ moves }) => ({ moved: await rename(writing(), moves) }),

    remove: async ({ files }) => {
      const { uploader, remove } = writing();
      const { queue } = uploader;
      const known = files.filter(({ path, entry }) => {
        const queued = queue.queuedAt(path);
        if (entry !== null || !queued || queue.declared.has(path)) return true;
        queue.drop(queued);
        return false;
      });
      if (known.length === 0) return null;
      await changing(
        known.map(({ path }) => path),
        () => remove(known.map(({ path, entry }) => ({ path, id: entry?.id ?? null }))),
      );
      return null;
    },

    mkdir: async ({ path }) => (store.mkdir ? store.mkdir(path, { signal: closed }) : refuse()),

    rmdir: async ({ path }) => {
      const { rmdir = refuse } = store;
      const { queue } = writing().uploader;
      await changing(queue.pathsBelow(path), () => rmdir.call(store, path, { signal: closed }));
      return null;
    },

    commit: async (args, signal) => {
      const ended = AbortSignal.any([closed, signal]);
      setMaxListeners(0, ended);
      return commit({ store, contents, emit }, args, ended);
    },

    symlink: async (link) => {
      if (!store.symlink) return refuse();
      return { entries: await store.symlink(link, { signal: closed }) };
    },

    info: async ({ path }, signal) => (store.info ? store.info(path, { signal }) : null),

    signedUrl: async ({ entry }, signal) => {
      if (store.signedUrl) return store.signedUrl(entry, { signal });
      throw new Failure('ENOTSUP', 'Nothing at this store has an address.');
    },

    find: async (query, signal) => {
      if (store.find) return store.find(query, { signal });
      throw new Failure('ENOTSUP', 'Nothing at this store can be found but by its path.');
    },

    consoleLines: async (query, signal) => {
      if (store.consoleLines) return store.consoleLines(query, { signal });
      throw new Failure('ENOTSUP', 'Nothing at this store prints lines.');
    },

    alike: async ({ path }, signal) => (await store.alike?.(path, { signal })) ?? null,

    close: async () => {
      closing.abort();
      await writer?.uploader.close();
      await store.close?.();
      return null;
    },
  };

  /** Takes names away on the server, after what is on its way to them has ended. */
  async function changing(paths: readonly TreePath[], change: () => Promise<unknown>): Promise<void> {
    const { uploader } = writing();
    const lease = new Lease(uploader, paths);
    try {
      await lease.isQuiet();
      await change();
      for (const path of paths) {
        lease.drop(path);
        uploader.queue.declared.delete(path);
        uploader.recent.delete(path);
      }
    } finally {
      lease.release();
    }
  }

  const owner: Owner = {
    shape: store.shape,
    onEvent: () => {},
    handle: async <M extends Method>(
      method: M,
      args: Args<M>,
      signal: AbortSignal,
      tell?: TellPage,
    ): Promise<Reply<M>> => {
      const handler: (args: Args<M>, signal: AbortSignal, tell: TellPage | undefined) => Promise<Value<M>> =
        handlers[method];
      try {
        const work = handler(args, signal, tell);
        // A caller that leaves doesn't wait until the work behind it has noticed.
        const canLeave = READS.has(method) || method === 'flush';
        return { ok: true, value: await (canLeave ? unlessAborted(work, signal) : work) };
      } catch (thrown) {
        return { ok: false, failure: failureOf(thrown) };
      }
    },
  };
  store.onWarning?.(
    (message) => emit({ type: 'warning', message }),
    (message) => emit({ type: 'debug', message }),
  );
  return owner;
}
