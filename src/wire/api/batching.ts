import { type Clock, isRetryable } from '../retry.js';
import { isWireFailure, type WireFailure } from '../wire-failure.js';

/** 'along': what comes along with what is asked for, and nobody waits for. 'runs', 'views': runs that one document asks for. */
export type BatchKind =
  | 'page'
  | 'names'
  | 'files'
  | 'ids'
  | 'patterns'
  | 'artifactFiles'
  | 'along'
  | 'runs'
  | 'views'
  | 'history';

/** What is tried first; no server documents its maximum (protocol section 3.4). */
const FIRST_SIZE = 1000;
/** Half a server's work is waiting, and ten pages are a few MB. */
const FIRST_SIZES: Readonly<Partial<Record<BatchKind, number>>> = { patterns: 50, runs: 10, views: 10 };

/** No server takes less. */
const NEVER_TOO_MUCH = 10;

/** Of the time that smaller and smaller batches may take. */
const LEAST_LEFT = 0.1;

/** A server that was only busy isn't asked for little for ever. */
const REMEMBERED_MS = 10 * 60_000;

/** What one server was seen to take in one request; each is kept for ten minutes, or as long as was said. */
export class LearnedSizes {
  private readonly known = new Map<BatchKind, { readonly size: number; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  get(kind: BatchKind): number {
    const known = this.known.get(kind);
    if (known && this.clock.now() < known.until) return known.size;
    return FIRST_SIZES[kind] ?? FIRST_SIZE;
  }

  /** A size that worked where a larger one didn't. */
  learn(kind: BatchKind, size: number, forMs = REMEMBERED_MS): void {
    if (size < this.get(kind)) this.known.set(kind, { size, until: this.clock.now() + forMs });
  }
}

/** How much one request may ask for: starts at a default, is halved when the server can't, and what worked is learned. */
export class BatchSizes {
  /** @param totalMs how long smaller and smaller batches are tried, in milliseconds */
  constructor(
    private readonly clock: Clock,
    private readonly totalMs: number,
    private readonly learned: LearnedSizes,
  ) {}

  get(kind: BatchKind): number {
    return this.learned.get(kind);
  }

  /** No smaller batch is begun where there is no time left for it. */
  private startTime(): () => boolean {
    const deadline = this.clock.now() + this.totalMs;
    return () => deadline - this.clock.now() > this.totalMs * LEAST_LEFT;
  }

  /**
   * Makes one request of adaptive size, such as a page: halves the size while the server says it is too much.
   *
   * @param most what is asked for at most
   */
  async adapt<T>(kind: BatchKind, most: number, request: (size: number) => Promise<T>): Promise<T> {
    const hasTime = this.startTime();
    const first = Math.min(this.get(kind), most);
    for (let size = first; ; size = Math.ceil(size / 2)) {
      try {
        const value = await request(size);
        if (size < first) this.learned.learn(kind, size);
        return value;
      } catch (error) {
        if (size <= 1 || !isWireFailure(error) || !isTooMuch(error) || !hasTime()) throw error;
      }
    }
  }

  /**
   * Asks for all items, batch by batch. A batch that fails for its size, or for one of its items, is halved; a size is
   * learned only when all went through, for one bad item makes every batch that holds it fail. Where it must be an item,
   * the half that is left of a batch isn't asked for again to know that it holds it, and neither is the item that is left
   * of all halves: one item costs a request for each halving, and one for what lies behind it.
   *
   * @param onRefused gets an item that is refused alone; without it that is the failure of all
   */
  async all<Item, Value>(
    kind: BatchKind,
    items: readonly Item[],
    request: (batch: readonly Item[]) => Promise<Value>,
    onRefused?: (item: Item, failure: WireFailure) => void,
  ): Promise<Value[]> {
    const hasTime = this.startTime();
    const values: { readonly at: number; readonly value: Value }[] = [];
    const first = this.get(kind);
    let size = first;
    let refused = 0;
    /** The largest batch that went through. */
    let worked = 0;
    /** A stretch that failed as a whole, from `at` on. */
    let suspect: Stretch | null = null;
    let isOfItem = false;
    const accused: { readonly at: number; readonly stretch: Stretch }[] = [];
    const goOn = (): void => {
      at += 1;
      size = first;
      refused += 1;
      suspect = null;
      isOfItem = false;
    };
    let at = 0;
    while (at < items.length) {
      const batch = items.slice(at, Math.min(at + size, suspect?.end ?? items.length));
      try {
        values.push({ at, value: await request(batch) });
        at += batch.length;
        worked = Math.max(worked, batch.length);
        if (suspect !== null && at >= suspect.end) {
          // Where an item was looked for in vain, the last batches were small for that alone.
          if (isOfItem) size = worked;
          suspect = null;
          isOfItem = false;
        } else if (suspect !== null && isOfItem) {
          size = half(suspect.end - at);
          if (suspect.end - at === 1 && isProven(suspect)) {
            accused.push({ at, stretch: suspect });
            goOn();
          }
        }
      } catch (error) {
        if (!isWireFailure(error)) throw error;
        // Where nothing went through, it isn't the items.
        const canRefuse = onRefused !== undefined && (values.length > 0 || (refused < 2 && isRefusal(error)));
        if (!(isTooMuch(error) || (canRefuse && isRefusal(error))) || !hasTime()) throw error;
        const [item] = batch;
        if (batch.length > 1) {
          isOfItem ||= canRefuse && (!isTooMuch(error) || batch.length <= Math.max(worked, NEVER_TOO_MUCH));
          size = isOfItem ? half(batch.length) : Math.ceil(batch.length / 2);
          const failures: number = (suspect?.failures ?? 0) + 1;
          suspect = { end: at + batch.length, size: batch.length, failures, failure: error };
        } else if (item !== undefined && canRefuse) {
          onRefused(item, error);
          goOn();
        } else {
          throw error;
        }
      }
    }
    for (const { at, stretch } of accused) {
      const item = items[at] as Item;
      try {
        // As many others at once are no more than the server takes: it is this one.
        if (stretch.size <= worked) onRefused?.(item, stretch.failure);
        else values.push({ at, value: await request([item]) });
      } catch (error) {
        if (!isWireFailure(error) || !isRefusal(error)) throw error;
        onRefused?.(item, error);
      }
    }
    if (size < first && refused === 0) this.learned.learn(kind, size);
    return values.sort((one, other) => one.at - other.at).map(({ value }) => value);
  }

  /**
   * As `each`, with others along that nobody waits for: as many as there is room for. Where the server can't, it is asked
   * without them, and the next time for fewer.
   */
  async eachWith<Item, Value>(
    kind: BatchKind,
    items: readonly Item[],
    others: readonly Item[],
    request: (batch: readonly Item[], along: readonly Item[]) => Promise<readonly Value[]>,
  ): Promise<readonly (Value | WireFailure)[]> {
    const room = Math.min(this.get(kind) - items.length, this.get('along'));
    const along = others.slice(0, Math.max(0, room));
    if (along.length > 0) {
      try {
        return await request(items, along);
      } catch (error) {
        if (!isWireFailure(error) || !(isTooMuch(error) || isRefusal(error))) throw error;
        this.learned.learn('along', half(along.length) - 1);
      }
    }
    return this.each(kind, items, (batch) => request(batch, []));
  }

  /** The answer to each item, in order; a failure for one that is refused alone. */
  async each<Item, Value>(
    kind: BatchKind,
    items: readonly Item[],
    request: (batch: readonly Item[]) => Promise<readonly Value[]>,
  ): Promise<readonly (Value | WireFailure)[]> {
    const refusals = new Map<Item, WireFailure>();
    const batches = await this.all(kind, items, request, (item, failure) => refusals.set(item, failure));
    const answers = batches.flat().values();
    return items.map((item) => refusals.get(item) ?? (answers.next().value as Value));
  }
}

/** A stretch of items that failed as a whole. */
interface Stretch {
  /** Behind its last item. */
  readonly end: number;
  /** Items of the smallest batch that failed with all of the suspects. */
  readonly size: number;
  /** Batches that failed with all of them. */
  readonly failures: number;
  readonly failure: WireFailure;
}

/** One failure may come and go, and so may two of which nobody knows why; a status tells that it is what was asked. */
const isProven = ({ failures, failure }: Stretch): boolean => failures > (failure.fault === 'status' ? 1 : 2);

/** What goes through leads to another question, what fails may be the answer: the smaller half is asked for. */
const half = (count: number): number => Math.max(1, Math.floor(count / 2));

/** Does the server speak of what was asked, not of its own state? */
export const isRefusal = ({ fault, status, code }: WireFailure): boolean =>
  (fault === 'graphql' && code === 'EIO') || (fault === 'status' && (status === 400 || status === 422));

/** Can it be the size of the request that the server stumbled over? */
export function isTooMuch({ fault, status, code, reason }: WireFailure): boolean {
  if (fault === 'timeout') return true;
  // What the server's schema doesn't have, it doesn't have for one item either.
  if (fault === 'graphql') return code === 'EIO' && reason !== 'schema';
  return fault === 'status' && status !== null && (status === 413 || status >= 500);
}

/** Attempts at one size before a server error is taken to come of the size. */
const MOST_RETRIES_AT_SIZE = 2;

/** Which failures of a request of this size are met by sending it again, rather than by a smaller one. */
export const retryableAtSize =
  (size: number) =>
  (failure: WireFailure, retries: number): boolean => {
    if (!isRetryable(failure)) return false;
    if (size <= 1 || !isTooMuch(failure)) return true;
    if (failure.fault === 'timeout') return false;
    return failure.retryAfterMs !== null || retries < MOST_RETRIES_AT_SIZE;
  };
