/** What requests are told apart by: GraphQL by what it does, all others by their method. */
export type RequestKind = 'query' | 'mutation' | 'get' | 'put' | 'post';

/** Milliseconds that a request of a bucket took at most; behind the last bound there is one bucket more. */
export const LATENCY_BOUNDS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000] as const;

/** Requests of one kind, since the fs object was made: those that have ended. Each attempt and each redirect is one. */
export interface RequestCounts {
  readonly count: number;
  /** Those of them that got no whole answer, or a status of 400 or more. */
  readonly failed: number;
  /** Of bodies, as they went over the network. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Of all of them together, each from its start to the last byte of its answer. */
  readonly milliseconds: number;
  /** How many took how long, by `latencyBounds`; what took longer than all of these is counted last. */
  readonly latency: readonly number[];
}

/** What the owner of a remote has done, and what it has to do. */
export interface RemoteCounters {
  /** Files that were handed over and aren't durable: they wait, are on their way, or have failed. */
  readonly uploadsQueued: number;
  /** Requests that wait for their turn, because so many are on their way already. */
  readonly requestsWaiting: number;
  /** Requests that are on their way. */
  readonly requestsOpen: number;
  /** Reads whose content was in the cache on this disk that the SDK has, too, and those whose wasn't. */
  readonly cacheHits: number;
  readonly cacheMisses: number;
  /** GraphQL by `query` and `mutation`, all else by method: `get`, `put`, `post`. */
  readonly requests: Readonly<Record<RequestKind, RequestCounts>>;
  /** Upper bounds of the buckets of `latency`, in milliseconds. */
  readonly latencyBounds: readonly number[];
}

/** What `fs.wandb.counters()` tells: totals since the fs object was made, and what is so now. */
export interface Counters extends RemoteCounters {
  /** Files with content that isn't durable, now. */
  readonly dirty: number;
  /** Files made durable, those of commits included, and their bytes. */
  readonly uploaded: number;
  readonly uploadedBytes: number;
  /** Answers of the storage that were taken in, and their bytes. */
  readonly downloads: number;
  readonly downloadedBytes: number;
  /** Pages of content that were found in memory, and those that had to be asked for. */
  readonly pageHits: number;
  readonly pageMisses: number;
  /** Bytes of pages in memory, now. */
  readonly pageBytes: number;
  /** Files that were read before anybody asked for them, and those of them that were used, or went unused. */
  readonly readAhead: number;
  readonly readAheadUsed: number;
  readonly readAheadWasted: number;
  /** Bytes of local content in memory, and on the disk, now. */
  readonly overlayBytes: number;
  readonly spooledBytes: number;
}

/**
 * Where an owner counts: 64-bit numbers that it alone changes, in memory that its caller reads whenever it likes. So no
 * message tells them. The first is the caller's: somebody listens.
 */
export const HEARD = 0;
export const WAITING = 1;
export const OPEN = 2;
export const CACHE_HITS = 3;
export const CACHE_MISSES = 4;
const FIRST_KIND = 5;

/** Places of one kind's numbers, from its first on. */
export const COUNT = 0;
export const FAILED = 1;
export const SENT = 2;
export const RECEIVED = 3;
export const MICROSECONDS = 4;
export const FIRST_BUCKET = 5;
const OF_KIND = FIRST_BUCKET + LATENCY_BOUNDS.length + 1;

/** How many numbers an owner counts. */
export const COUNTS = FIRST_KIND + 5 * OF_KIND;

/** Where the numbers of each kind begin. */
export const FIRST: Readonly<Record<RequestKind, number>> = {
  query: FIRST_KIND,
  mutation: FIRST_KIND + OF_KIND,
  get: FIRST_KIND + 2 * OF_KIND,
  put: FIRST_KIND + 3 * OF_KIND,
  post: FIRST_KIND + 4 * OF_KIND,
};

export function remoteCounters(counts: BigInt64Array, uploadsQueued: number): RemoteCounters {
  const at = (place: number): number => Number(Atomics.load(counts, place));
  const ofKind = (kind: RequestKind): RequestCounts => {
    const first = FIRST[kind];
    return {
      count: at(first + COUNT),
      failed: at(first + FAILED),
      sentBytes: at(first + SENT),
      receivedBytes: at(first + RECEIVED),
      milliseconds: at(first + MICROSECONDS) / 1000,
      latency: Array.from({ length: LATENCY_BOUNDS.length + 1 }, (_, bucket) =>
        at(first + FIRST_BUCKET + bucket),
      ),
    };
  };
  return {
    uploadsQueued,
    requestsWaiting: at(WAITING),
    requestsOpen: at(OPEN),
    cacheHits: at(CACHE_HITS),
    cacheMisses: at(CACHE_MISSES),
    requests: {
      query: ofKind('query'),
      mutation: ofKind('mutation'),
      get: ofKind('get'),
      put: ofKind('put'),
      post: ofKind('post'),
    },
    latencyBounds: LATENCY_BOUNDS,
  };
}

/** Of what was never used. */
export const noCounters = (): Counters => ({
  ...remoteCounters(new BigInt64Array(COUNTS), 0),
  dirty: 0,
  uploaded: 0,
  uploadedBytes: 0,
  downloads: 0,
  downloadedBytes: 0,
  pageHits: 0,
  pageMisses: 0,
  pageBytes: 0,
  readAhead: 0,
  readAheadUsed: 0,
  readAheadWasted: 0,
  overlayBytes: 0,
  spooledBytes: 0,
});
