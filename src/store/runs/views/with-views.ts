import type { Entry, Lookup } from '../../../contract/entry.js';
import type { Entries } from '../../../contract/entry-page.js';
import { Failure } from '../../../contract/failure.js';
import type { FileFacts } from '../../../contract/knowledge/facts.js';
import type { Store } from '../../../contract/store.js';
import { isBelow, type TreePath } from '../../../contract/tree-path.js';
import { RealDate } from '../../../platform/time.js';
import { download, readListed, type Span } from '../../common/content.js';
import { NOTHING } from '../../common/turn-batch.js';
import { VIEWED_RUNS_SHAPE, VIEWS_DIRECTORY } from '../shape.js';
import { placeOf, type RunsContext } from '../tree.js';
import { ViewContents } from './contents.js';
import { isKeptForViews, viewOf } from './names.js';
import { ViewStates } from './states.js';

/**
 * A store of runs in which each has a directory of its views: what W&B knows of it and has no file of. They are entries of its
 * listing like any others, and come with its first page.
 */
export function withViews(store: Store, context: RunsContext): Store {
  const states = new ViewStates(context);
  const contents = new ViewContents(context, states);

  /** Of entries those that can be seen beside views; that others can't is told once. */
  const shownOf = (unit: TreePath, entries: Entries): readonly Entry[] => {
    const all = [...entries];
    const shown = all.filter(({ path }) => !isKeptForViews(unit, path));
    if (shown.length < all.length)
      context.client.api.warnings.once(
        'files that views hide',
        `'${unit}', and maybe other runs, has files of its own in ${VIEWS_DIRECTORY}, which aren't seen with the option \`views\`: without it they are.`,
      );
    return shown;
  };

  /** Parquet files lie at the storage, as files of runs do; nothing tells their digests. */
  const readParquet = async (entry: Entry, range: Span, options: Parameters<Store['read']>[2]) => {
    const { etag, signal, isAhead } = options;
    const source = {
      peek: () => states.peek(entry),
      renew: () => states.renew(entry, signal),
      lastResort: async () => null,
    };
    const listed = { size: entry.size, isListed: null, mismatch: '' };
    const { isAll: _, ...content } = await readListed(listed, range, (wanted) =>
      download(context.transfers, source, { ...wanted, etag, signal, isAhead }),
    );
    return content;
  };

  return {
    ...store,
    shape: VIEWED_RUNS_SHAPE,

    lookup: async (path, options) => {
      const { unit } = placeOf(path);
      const isView = unit !== null && isKeptForViews(unit, path);
      if (unit === null || !(isView || options.listing)) return store.lookup(path, options);
      const [told, views] = await Promise.all([
        // Of a view's name the server knows nothing; of the run it does.
        store.lookup(isView ? unit : path, options),
        states.entries(unit, options.signal),
      ]);
      const { listing } = told;
      const entries = listing && [...(views ?? []), ...shownOf(unit, listing.entries)];
      const listed = listing && entries ? { ...told, listing: { ...listing, entries } } : told;
      return isView ? lookupOfView(path, listed, views ?? []) : listed;
    },

    list: async function* (path, options) {
      const { unit, file } = placeOf(path);
      if (unit === null || file !== null) {
        yield* store.list(path, options);
        return;
      }
      const asked = options.after === undefined ? states.entries(unit, options.signal) : NONE;
      // The listing may fail before anybody hears of them.
      void Promise.allSettled([asked]);
      let isFirst = true;
      for await (const page of store.list(path, options)) {
        const shown = shownOf(unit, page);
        yield isFirst ? [...((await asked) ?? []), ...shown] : shown;
        isFirst = false;
      }
      if (isFirst) yield (await asked) ?? [];
    },

    page: (path, options) => {
      const { unit, file } = placeOf(path);
      const page = store.page?.(path, options) ?? null;
      if (page === null || unit === null || file !== null) return page;
      const asked = options.after === null ? states.entries(unit, options.signal) : NONE;
      return Promise.all([page, asked]).then(([{ entries, ...rest }, views]) => ({
        ...rest,
        entries: [...(views ?? []), ...shownOf(unit, entries)],
      }));
    },

    read: (entry, range, { beside = [], ...options }) => {
      const kind = viewOf(entry);
      if (kind === 'parquet') return readParquet(entry, range, options);
      if (kind !== null) return contents.read(entry, range, options);
      return store.read(entry, range, { ...options, beside: beside.filter((each) => viewOf(each) === null) });
    },

    readNewest: async (entry, options) => {
      const kind = viewOf(entry);
      if (kind === null) return store.readNewest(entry, options);
      if (kind !== 'parquet') return contents.readNewest(entry, options);
      throw new Failure('EBADMSG', 'The file was written anew on the server while it was read.');
    },

    info: async (path, options) => {
      const { unit } = placeOf(path);
      if (unit === null || !isKeptForViews(unit, path)) {
        if (store.info) return store.info(path, options);
        throw new Failure('ENOTSUP');
      }
      const entry = (await states.entries(unit, options.signal))?.find((each) => each.path === path);
      if (!entry) throw new Failure('ENOENT');
      return factsOf(entry);
    },

    signedUrl: async (entry, options) => {
      const kind = viewOf(entry);
      if (kind === null && store.signedUrl) return store.signedUrl(entry, options);
      if (kind !== 'parquet')
        throw new Failure(
          'ENOTSUP',
          'It is made here of what W&B knows of the run: only who reads it has it.',
        );
      const address = await states.renew(entry, options.signal);
      if (!address) throw new Failure('ENOENT');
      return address.direct;
    },

    close: async () => {
      try {
        await contents.close();
      } finally {
        await store.close?.();
      }
    },
  };
}

const NONE: Promise<readonly Entry[]> = Promise.resolve([]);

/** What a look-up of the run tells of the name of a view, or of a directory of them. */
function lookupOfView(path: TreePath, run: Lookup<Entries>, views: readonly Entry[]): Lookup<Entries> {
  const { found, ancestors, listing } = run;
  if (found === null || found === 'prefix') return { ...NOTHING, ancestors };
  const isDirectory = views.some((view) => isBelow(view.path, path));
  const view = views.find((each) => each.path === path) ?? (isDirectory ? 'prefix' : null);
  return { found: view, ancestors: [...ancestors, found], listing };
}

function factsOf({ birthtimeMs, mtimeMs, size }: Entry): FileFacts {
  const isoAt = (time: number): string => new RealDate(time).toISOString();
  return {
    kind: 'file',
    id: null,
    size,
    ...{ digest: null, digestAlgorithm: null, md5: null, mimetype: null },
    createdAt: isoAt(birthtimeMs),
    updatedAt: isoAt(mtimeMs),
    ...{ reference: null, extra: null, isPending: false },
  };
}
