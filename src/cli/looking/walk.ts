import type { WandbFsOptions } from '../../index.js';
import { type Ahead, type AheadEntry, Lookahead } from '../../node/composites/shared/lookahead.js';
import type { AnyFs } from '../filesystems.js';
import type { Place } from '../places/place.js';
import { type Entry, below as joined, type Kind, list } from './entries.js';

export interface Found extends Entry {
  /** Names below where the walk began. */
  readonly depth: number;
  /** Of its directory. */
  readonly isLast: boolean;
}

export interface WalkOptions {
  /** How deep directories are listed; 1 is the first alone. @default all */
  readonly depth?: number;
  /** Of each directory no more than these. @default everything */
  readonly only?: Kind | undefined;
  /** Hears what is in a directory, before the walk goes through it. */
  onListed?(path: string, entries: readonly Entry[]): Promise<void>;
  /** Hears of a directory that can't be listed; the walk goes on. */
  onError(error: unknown): Promise<void>;
}

/** Options of the filesystems that are walked: what was listed ahead is as new as what is listed when it is come to. */
export const walking = (): WandbFsOptions => ({ listingTtl: 60 * 60_000 });

/** How many names deep what is listed as one lies, a run or a version: what is below it comes with it. */
const UNITS = { runs: 3, artifacts: 5, local: Number.POSITIVE_INFINITY } as const;

/**
 * Everything below a directory, each directory before what is in it. Rejects where the first can't be listed.
 *
 * What lies ahead is listed as the walks of `readdir` and `glob` do it, for one request may bring several directories. These
 * can't be had themselves: they end at the first directory that can't be listed, and know no depth.
 */
export async function* walk(
  fs: AnyFs,
  { kind, path: top }: Pick<Place, 'kind' | 'path'>,
  { depth: deepest = Number.POSITIVE_INFINITY, only, onListed, onError }: WalkOptions,
): AsyncGenerator<Found, void, undefined> {
  const most = Math.min(UNITS[kind], namesIn(top) + deepest - 1);
  const listings = new Listings(fs, (path) => namesIn(path) <= most);
  const lookahead = new Lookahead(listings, { isFetching: false, isSelective: false, joined });
  try {
    yield* descend(top, await list(fs, top), 1);
  } finally {
    lookahead.end();
  }

  async function* descend(
    path: string,
    listed: readonly Entry[],
    depth: number,
  ): AsyncGenerator<Found, void, undefined> {
    await onListed?.(path, listed);
    const entries = only === undefined ? listed : listed.filter(({ kind }) => kind === only);
    lookahead.enter(path, entries.map(asAhead));
    for (const [index, entry] of entries.entries()) {
      lookahead.at(index);
      yield { ...entry, depth, isLast: index === entries.length - 1 };
      if (entry.kind !== 'directory' || depth >= deepest) continue;
      const below = await listings.take(entry.path);
      if ('entries' in below) yield* descend(entry.path, below.entries, depth + 1);
      else await onError(below.error);
    }
    lookahead.leave();
  }
}

const namesIn = (path: string): number => path.split('/').filter((name) => name !== '').length;

const asAhead = ({ name, kind }: Entry): AheadEntry => ({ name, kind: kind === 'link' ? 'symlink' : kind });

/** What came of listing a directory: one that fails before it is come to is told when it is. */
type Listed = { readonly entries: readonly Entry[] } | { readonly error: unknown };

/** What was asked for ahead, until the walk comes to it. Of content there is nothing. */
class Listings implements Ahead {
  readonly mostBytes = 0;
  readonly #asked = new Map<string, Promise<Listed>>();

  constructor(
    private readonly fs: AnyFs,
    private readonly isOfInterest: (path: string) => boolean,
  ) {}

  list(path: string, onListed: (entries: readonly AheadEntry[] | null) => void): boolean {
    if (!this.isOfInterest(path)) return false;
    const asked = this.#list(path);
    this.#asked.set(path, asked);
    void asked.then((listed) => onListed('entries' in listed ? listed.entries.map(asAhead) : null));
    return true;
  }

  look(): boolean {
    return false;
  }

  fetch(): number {
    return 0;
  }

  end(): void {
    this.#asked.clear();
  }

  take(path: string): Promise<Listed> {
    const asked = this.#asked.get(path);
    this.#asked.delete(path);
    return asked ?? this.#list(path);
  }

  #list(path: string): Promise<Listed> {
    return list(this.fs, path).then(
      (entries) => ({ entries }),
      (error: unknown) => ({ error }),
    );
  }
}
