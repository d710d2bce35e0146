import type { Committed } from '../../contract/drafts.js';
import { Failure } from '../../contract/failure.js';
import type { ConsoleLines } from '../../contract/knowledge/console.js';
import type { Facts } from '../../contract/knowledge/facts.js';
import type { Value } from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { ReadProgress } from '../content/reading/read.js';
import type { FlushProgress } from '../writeback/flush.js';
import type { Load } from './load.js';

/** How a fault is waited for. */
export interface Waiting {
  /** Waiting for another caller's mutation is no load: it may happen any number of times. @default false */
  readonly isContention?: boolean;
  /** What it is about, where the load that it joins may be about something else. @default what the load is about */
  readonly subject?: TreePath | undefined;
  /** Called before a thread is blocked for it; throws where it can't be, and then nothing has been started. */
  readonly beforeBlocking?: () => void;
  /**
   * What is changed at the server, and can be given up as long as nobody sees it: an abort asks for its end, and then it
   * is waited for, for its outcome must be known. @default false
   */
  readonly isEndedByAbort?: boolean;
}

/**
 * What a primitive needs and isn't here. A plain object, thrown: no stack is taken. `start` sends the request, or
 * joins the one that is already on its way; when it is settled the primitive is run again.
 */
export class Fault {
  constructor(
    /** Names the need; two faults with one key want the same thing. */
    readonly key: string,
    readonly start: () => Load,
    readonly waiting: Waiting = {},
  ) {}
}

/**
 * What a primitive has achieved in earlier runs of its operation, and goes on from; `of` tells which one. A mutation is
 * 'done' when its commit has run.
 */
export type Progress =
  | ReadProgress
  | FlushProgress
  | { readonly of: 'done' }
  | { readonly of: 'commit'; readonly answer: Committed }
  | { readonly of: 'find'; readonly answer: Value<'find'> }
  | { readonly of: 'info'; readonly answer: Facts | null }
  | { readonly of: 'consoleLines'; readonly answer: ConsoleLines }
  | { readonly of: 'signedUrl'; readonly answer: string };

/**
 * Since when answers are fresh for a call of the user's, whatever the TTL: one that is made of many operations, such as
 * a recursive `readdir`, lists a run once, however slow that is.
 */
export class Freshness {
  /** The kernel's epoch when the call began. */
  epoch = Number.POSITIVE_INFINITY;

  begin(epoch: number): void {
    if (this.epoch === Number.POSITIVE_INFINITY) this.epoch = epoch;
  }
}

/**
 * One system call of one caller, across all its restarts. What a fault loaded is held here until the operation ends,
 * and counts as fresh for it: a listing slower than its TTL, or a read larger than the cache, ends.
 */
export class Operation {
  private renewals = 0;
  /** Keys of the faults already served, with how often. */
  private served: Map<string, number> | null = null;
  private loadedPages: Map<string, Uint8Array> | null = null;
  progress: Progress | null = null;

  /** A size that nobody knows is asked for: its caller shows it to somebody who will believe it. */
  isSizeWanted = false;

  /** What it looks for is listed next, if it is a directory: above units that may come with the look. */
  isListingWanted = false;

  /** What it waits for, or waited for last. */
  load: Load | null = null;
  /** It has returned or failed: what it reserved is free. */
  isEnded = false;

  constructor(
    readonly signal: AbortSignal | undefined = undefined,
    /** Shared by all operations of one call. */
    readonly freshness: Freshness = new Freshness(),
  ) {}

  /** Pages that the cache may have evicted since they were loaded for this operation. */
  get pages(): Map<string, Uint8Array> {
    this.loadedPages ??= new Map();
    return this.loadedPages;
  }

  /**
   * What was loaded so far isn't fresh for the rest of the call. A server that tells otherwise each time it is asked ends
   * the call.
   */
  renew(epoch: number): void {
    if (++this.renewals > MOST_RENEWALS) throw contradiction();
    this.freshness.epoch = epoch;
    for (const key of this.served?.keys() ?? []) if (IS_OF_NAMES.test(key)) this.served?.delete(key);
  }

  hasLoaded(key: string): boolean {
    return this.served?.has(key) ?? false;
  }

  /** Takes note of a served fault. The same one over and over means that a load doesn't bring what is asked for. */
  markLoaded(key: string): void {
    this.served ??= new Map();
    const times = (this.served.get(key) ?? 0) + 1;
    if (times > (IS_OF_NAMES.test(key) ? MOST_LOOKUPS : MOST_RESTARTS)) throw contradiction(key);
    this.served.set(key, times);
  }
}

const IS_OF_NAMES = /^(list|unit|lookup):/;

/** Foreign writers and evictions can make one operation ask for one thing a few times; more is a loop. */
const MOST_RESTARTS = 64;
/** Names are told the same way twice by a server that knows them. */
const MOST_LOOKUPS = 8;
/** A file that is rewritten all the time is met by one of these. */
const MOST_RENEWALS = 8;

const contradiction = (key: string | null = null): Failure =>
  new Failure(
    'EIO',
    'The server tells otherwise of the file each time it is asked: its listings, its look-ups and the storage disagree. ' +
      'Try again later.',
    key === null ? null : `no progress on '${key}'`,
  );

/** What a primitive has thrown that is no fault. Each throw costs as much as a call: it is thrown on only where it ends. */
export class Thrown {
  constructor(readonly what: unknown) {}
}

/** Runs a primitive once: what it returns, what it lacks, or what it fails with. */
export function attempt<T>(primitive: (op: Operation) => T, op: Operation): T | Fault | Thrown {
  try {
    const value = primitive(op);
    op.isEnded = true;
    return value;
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    op.isEnded = true;
    return new Thrown(thrown);
  }
}

/**
 * Runs a primitive, blocking this thread on what it faults.
 *
 * @param lacking what came of a first attempt, where there was one
 */
export function runSync<T>(primitive: (op: Operation) => T, op = new Operation(), lacking?: Fault): T {
  let fault = lacking;
  try {
    for (;;) {
      const value = fault ?? attempt(primitive, op);
      if (value instanceof Thrown) throw value.what;
      if (!(value instanceof Fault)) return value;
      fault = undefined;
      value.waiting.beforeBlocking?.();
      op.load = value.start();
      op.load.waitSync(value.waiting.subject);
      served(op, value, op.load);
    }
  } finally {
    op.isEnded = true;
  }
}

/**
 * Runs a primitive, awaiting what it faults. An abort leaves the operation at once (ECANCELED: the face makes Node's
 * AbortError of it) and the load too, which is cancelled if nobody else waits for it.
 *
 * @param lacking what came of a first attempt, where there was one
 */
export async function runAsync<T>(
  primitive: (op: Operation) => T,
  op = new Operation(),
  lacking?: Fault,
): Promise<T> {
  let isSettled = false;
  let fault = lacking;
  try {
    for (;;) {
      if (op.signal?.aborted && !isSettled) throw new Failure('ECANCELED');
      const value = fault ?? attempt(primitive, op);
      if (value instanceof Thrown) throw value.what;
      if (!(value instanceof Fault)) return value;
      fault = undefined;
      op.load = value.start();
      isSettled = value.waiting.isEndedByAbort === true;
      await (isSettled ? op.load.waitForEnd(op.signal) : op.load.wait(op.signal, value.waiting.subject));
      if (op.signal?.aborted && !isSettled) throw new Failure('ECANCELED');
      served(op, value, op.load);
    }
  } finally {
    op.isEnded = true;
  }
}

/** Takes note of what a load has brought; throws its failure. */
export function served(op: Operation, fault: Fault, load: Load): void {
  // Another caller's change that failed is none of ours: the primitive checks again.
  if (fault.waiting.isContention) return;
  if (load.failure) throw load.failure;
  op.markLoaded(fault.key);
}
