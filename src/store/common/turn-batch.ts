import { setMaxListeners } from 'node:events';
import type { Lookup } from '../../contract/entry.js';
import type { Entries } from '../../contract/entry-page.js';
import { FAILURE, Failure } from '../../contract/failure.js';
import type { Store } from '../../contract/store.js';
import type { TreePath } from '../../contract/tree-path.js';
import { setImmediate } from '../../platform/time.js';
import { unlessAborted } from '../../wire/retry.js';
import { cancelled } from '../../wire/wire-failure.js';
import { placeAt } from './rows.js';

/** What somebody waits for: one item of a request. */
class Slot<Item, Value> {
  waiting = 0;
  resolve!: (value: Value) => void;
  reject!: (reason: unknown) => void;
  readonly answer = new Promise<Value>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor(readonly item: Item) {}
}

interface Group<Item, Value> {
  readonly slots: Map<string, Slot<Item, Value>>;
  readonly controller: AbortController;
}

/**
 * Puts what is asked for in one turn of the event loop into one request a group; who asks for the same item shares its
 * answer. The request is aborted when the last of its callers has left.
 */
export class TurnBatch<Item, Value, Name extends string = string> {
  private readonly gathering = new Map<Name, Group<Item, Value>>();
  private readonly sent = new Set<Group<Item, Value>>();

  constructor(
    private readonly options: {
      /** Asks for the items of one group; resolves with their answers, in order. A failure is that of one item. */
      readonly ask: (
        group: Name,
        items: readonly Item[],
        signal: AbortSignal,
      ) => Promise<readonly (Value | Failure)[]>;
      readonly keyOf: (item: Item) => string;
      /**
       * May a caller share the answer of a request that was sent before it asked? Not where the order of requests and
       * local changes counts.
       */
      readonly canJoinLate: boolean;
    },
  ) {}

  async add(group: Name, item: Item, signal: AbortSignal | undefined): Promise<Value> {
    if (signal?.aborted) throw cancelled();
    const { target, slot } = this.place(group, item);
    slot.waiting += 1;
    try {
      return await unlessAborted(slot.answer, signal);
    } finally {
      slot.waiting -= 1;
      if (this.sent.has(target) && [...target.slots.values()].every((each) => each.waiting === 0)) {
        target.controller.abort();
      }
    }
  }

  private place(name: Name, item: Item): { target: Group<Item, Value>; slot: Slot<Item, Value> } {
    const key = this.options.keyOf(item);
    if (this.options.canJoinLate) {
      for (const target of this.sent) {
        const slot = target.slots.get(`${name}\0${key}`);
        if (slot && !target.controller.signal.aborted) return { target, slot };
      }
    }
    let target = this.gathering.get(name);
    if (!target) {
      target = { slots: new Map(), controller: new AbortController() };
      // It may take many requests.
      setMaxListeners(0, target.controller.signal);
      this.gathering.set(name, target);
      // Messages of one turn of another thread arrive in one phase of the event loop.
      setImmediate(() => this.send(name));
    }
    const slot = target.slots.get(`${name}\0${key}`) ?? new Slot<Item, Value>(item);
    target.slots.set(`${name}\0${key}`, slot);
    return { target, slot };
  }

  private async send(name: Name): Promise<void> {
    const group = this.gathering.get(name);
    this.gathering.delete(name);
    if (!group) return;
    for (const [key, { waiting }] of group.slots) if (waiting === 0) group.slots.delete(key);
    const slots = [...group.slots.values()];
    if (slots.length === 0) return;
    this.sent.add(group);
    try {
      const items = slots.map(({ item }) => item);
      const values = await this.options.ask(name, items, group.controller.signal);
      slots.forEach(({ resolve, reject }, index) => {
        const value = values[index] as Value | Failure;
        // By the mark itself: nearly all are answers, and each read comes by here.
        if (typeof value === 'object' && value !== null && FAILURE in value) reject(value);
        else resolve(value as Value);
      });
    } catch (error) {
      for (const { reject } of slots) reject(error);
    } finally {
      this.sent.delete(group);
    }
  }
}

/** Loads of one thing each, shared by all who ask while one is on its way. */
export function sharedLoads<Value, Name extends string = string>(
  load: (key: Name, signal: AbortSignal) => Promise<Value>,
): (key: Name, signal: AbortSignal | undefined) => Promise<Value> {
  const batch = new TurnBatch<Name, Value, Name>({
    ask: async (key, _, signal) => [await load(key, signal)],
    keyOf: () => '',
    canJoinLate: true,
  });
  return (key, signal) => batch.add(key, key, signal);
}

export const NOTHING: Lookup = { found: null, ancestors: [], listing: null };

/** One look-up at or below a unit. */
export interface Question {
  /** The unit. */
  readonly unit: TreePath;
  /** The server's name of a file; null asks for the unit itself. */
  readonly file: string | null;
  readonly hasListing: boolean;
}

/** What one question came to: others of the same request may fare otherwise. */
export type Outcome = Lookup<Entries> | Failure;

/**
 * The store's look-ups: one request for each path above units, and one for all that is asked of a unit in one turn, or of
 * several. Most servers answer null for what isn't there, some with a failure.
 */
export function createLookup({
  unitDepth,
  above,
  groupOf = (unit) => unit,
  ask,
}: {
  readonly unitDepth: number;
  /** Units of one group are asked for together. @default each by itself */
  readonly groupOf?: (unit: TreePath) => TreePath;
  readonly above: (
    path: TreePath,
    names: readonly string[],
    options: Parameters<Store['lookup']>[1],
  ) => Promise<Lookup<Entries>>;
  readonly ask: (
    group: TreePath,
    questions: readonly Question[],
    signal: AbortSignal,
  ) => Promise<readonly Outcome[]>;
}): Store['lookup'] {
  const batch = new TurnBatch<Question, Lookup<Entries>, TreePath>({
    ask,
    keyOf: ({ unit, file, hasListing }) => `${unit}\0${hasListing} ${file === null ? '' : `:${file}`}`,
    // An answer must be newer than the question.
    canJoinLate: false,
  });
  return async (path, options) => {
    const { signal, listing: hasListing } = options;
    const { names, unit, file } = placeAt(path, unitDepth);
    if (names.length === 0) return NOTHING;
    try {
      return await (unit === null
        ? above(path, names, options)
        : batch.add(groupOf(unit), { unit, file, hasListing }, signal));
    } catch (error) {
      if (error instanceof Failure && error.code === 'ENOENT') return NOTHING;
      throw error;
    }
  };
}
