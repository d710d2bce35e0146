import { Random } from './random.js';

/** What a client does to the files of a run. Names are below the run; each client has a directory of its own. */
export type RunOperation =
  | { readonly type: 'write' | 'append' | 'truncate'; readonly name: string; readonly size: number }
  | { readonly type: 'read' | 'stat' | 'unlink'; readonly name: string }
  | { readonly type: 'rename'; readonly name: string; readonly to: string }
  | { readonly type: 'list' | 'removeTree'; readonly name: string }
  | { readonly type: 'moveTree'; readonly name: string; readonly to: string }
  /** One handle a name, opened for appending, and left open over whatever happens. */
  | { readonly type: 'open' | 'syncHandle' | 'closeHandle'; readonly name: string }
  | { readonly type: 'writeHandle'; readonly name: string; readonly size: number }
  | { readonly type: 'flush' | 'refresh' };

/** Who does what; operations of one step are done at once, on different names. */
export interface RunStep {
  readonly actor: 'a' | 'b' | 'foreign';
  readonly operations: readonly RunOperation[];
}

export interface RunSettings {
  readonly listingTtl: number;
  readonly writeback: 'back' | 'through';
  readonly writebackDelay: number;
  /** In bytes; a sixteenth of it is the most that stays in memory while it is dirty. */
  readonly cacheBytes: number;
  /** Null: it adapts. */
  readonly concurrency: number | null;
  /** The share of requests that are hit. */
  readonly faults: number;
}

export interface RunProgram {
  readonly seed: number;
  readonly settings: RunSettings;
  readonly steps: readonly RunStep[];
}

export const ACTORS = ['a', 'b'] as const;
const LEAVES = ['x', 'y', 'd/x', 'd/y', 'e/x'];
export const SHARED = ['s/x', 's/y'];
export const namesOf = (actor: string): string[] => LEAVES.map((leaf) => `${actor}/${leaf}`);

/** @param share of the requests that are hit; null: from 5 to 30 % */
export function makeRunProgram(seed: number, share: number | null, length: number): RunProgram {
  const random = new Random(seed);
  const settings: RunSettings = {
    listingTtl: random.pick([50, 500, 30_000]),
    writeback: random.chance(0.15) ? 'through' : 'back',
    writebackDelay: random.pick([1, 20, 100]),
    cacheBytes: random.pick([65_536, 1_048_576, 64 * 1_048_576]),
    concurrency: random.pick([1, 4, null]),
    faults: share ?? 0.05 + random.unit() * 0.25,
  };
  const steps: RunStep[] = [];
  const habits = { a: new Habit(), b: new Habit(), foreign: new Habit() };
  for (let count = 0; count < length; count++) {
    const actor = random.weighted({ a: 10, b: 8, foreign: 2 });
    const operations = [makeOperation(random, actor, habits[actor])];
    if (actor !== 'foreign' && random.chance(0.3))
      for (let more = 0; more < 2; more++) operations.push(makeOperation(random, actor, habits[actor]));
    steps.push({ actor, operations: actor === 'foreign' ? operations : apart(operations) });
  }
  return { seed, settings, steps };
}

/** What an actor did, so that what it does next often concerns the same names. */
class Habit {
  readonly written: string[] = [];
  readonly opened: string[] = [];
  private last: RunOperation['type'] = 'refresh';

  /** Who has opened a file mostly writes to it, and then wants it to be durable. */
  goOn(random: Random, other: RunOperation['type']): RunOperation['type'] {
    let type = other;
    if (this.last === 'open' && random.chance(0.6)) type = 'writeHandle';
    if (this.last === 'writeHandle' && random.chance(0.4))
      type = random.pick(['flush', 'syncHandle'] as const);
    this.last = type;
    return type;
  }
}

function makeOperation(random: Random, actor: RunStep['actor'], habit: Habit): RunOperation {
  const size = sizeOf(random);
  if (actor === 'foreign') return { type: 'write', name: random.pick(SHARED), size };
  const own = namesOf(actor);
  const name = random.pick(own);
  const anywhere = random.pick([...own, ...own, ...namesOf(actor === 'a' ? 'b' : 'a'), ...SHARED]);
  const type = habit.goOn(
    random,
    random.weighted({
      write: 24,
      append: 8,
      truncate: 3,
      read: 16,
      stat: 4,
      unlink: 6,
      rename: 8,
      list: 4,
      removeTree: 2,
      moveTree: 3,
      open: 6,
      writeHandle: 8,
      syncHandle: 2,
      closeHandle: 2,
      flush: 5,
      refresh: 2,
    }),
  );
  switch (type) {
    case 'write':
      if (random.chance(0.15)) return { type, name: random.pick(SHARED), size };
      habit.written.push(name);
      return { type, name, size };
    case 'append':
      return { type, name, size: Math.min(size, 3000) };
    case 'open': {
      const known = random.pick([...habit.written, name]);
      habit.opened.push(known);
      return { type, name: known };
    }
    case 'writeHandle':
      return { type, name: habit.opened.at(-1) ?? name, size: Math.min(size, 3000) };
    case 'syncHandle':
    case 'closeHandle':
      return { type, name: habit.opened.at(-1) ?? name };
    case 'truncate':
      return { type, name, size: random.below(200) };
    case 'read':
      return { type, name: anywhere };
    case 'unlink':
      return { type, name: random.chance(0.1) ? random.pick(SHARED) : name };
    case 'rename':
      return { type, name, to: random.pick(own.filter((other) => other !== name)) };
    case 'list':
    case 'removeTree':
      return { type, name: `${actor}${random.pick(['', '/d', '/e'])}` };
    case 'moveTree':
      return random.chance(0.5)
        ? { type, name: `${actor}/d`, to: `${actor}/e` }
        : { type, name: `${actor}/e`, to: `${actor}/d` };
    case 'flush':
    case 'refresh':
      return { type };
    default:
      return { type, name };
  }
}

function sizeOf(random: Random): number {
  const kind = random.weighted({ small: 80, middle: 14, large: 6 });
  if (kind === 'small') return 20 + random.below(300);
  return kind === 'middle' ? 2000 + random.below(6000) : 70_000 + random.below(80_000);
}

/** Operations that can be done at once: those on the first one's side, each on names that no other one touches. */
function apart(operations: readonly RunOperation[]): RunOperation[] {
  const isAlone = (operation: RunOperation): boolean =>
    !('name' in operation) || ['list', 'removeTree', 'moveTree'].includes(operation.type);
  const [first] = operations;
  if (!first || isAlone(first)) return first ? [first] : [];
  const taken = new Set<string>();
  return operations.filter((operation) => {
    if (isAlone(operation) || !('name' in operation)) return false;
    const names = [operation.name, ...('to' in operation ? [operation.to] : [])];
    if (names.some((name) => taken.has(name))) return false;
    for (const name of names) taken.add(name);
    return true;
  });
}

export const describe = (operation: RunOperation): string =>
  [
    operation.type,
    'name' in operation ? operation.name : '',
    'to' in operation ? `-> ${operation.to}` : '',
    'size' in operation ? operation.size : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
