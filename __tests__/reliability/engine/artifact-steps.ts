import { Random } from './random.js';

/** What a client does in a collection. It has one draft at a time; versions are told by the order in which they were made here. */
export type ArtifactStep = { readonly actor: 'a' | 'b' } & (
  | { readonly type: 'write'; readonly name: string; readonly size: number }
  | { readonly type: 'remove'; readonly name: string }
  /** Copies a version into the draft, whole or one file of it. */
  | { readonly type: 'copyVersion' | 'copyFile'; readonly version: number }
  | { readonly type: 'commit'; readonly alias: string | null; readonly byRename: boolean }
  | { readonly type: 'read' | 'list'; readonly version: number }
  | { readonly type: 'setAlias'; readonly version: number }
  | { readonly type: 'readAlias' | 'refresh' }
);

export interface ArtifactProgram {
  readonly seed: number;
  readonly faults: number;
  readonly listingTtl: number;
  /** Null: it adapts. */
  readonly concurrency: number | null;
  /** In bytes: what is larger goes in parts. */
  readonly multipartBytes: number;
  readonly steps: readonly ArtifactStep[];
}

const NAMES = ['x', 'y', 'd/x', 'd/y'];

/** @param share of the requests that are hit; null: from 5 to 30 % */
export function makeArtifactProgram(seed: number, share: number | null, length: number): ArtifactProgram {
  const random = new Random(seed);
  const program = {
    seed,
    faults: share ?? 0.05 + random.unit() * 0.25,
    listingTtl: random.pick([50, 30_000]),
    concurrency: random.pick([2, null]),
    multipartBytes: 2 ** 31,
  };
  const steps = Array.from({ length }, (): ArtifactStep => {
    const actor = random.pick(['a', 'b'] as const);
    const version = random.below(8);
    const type = random.weighted({
      write: 30,
      remove: 5,
      copyVersion: 6,
      copyFile: 6,
      commit: 14,
      read: 16,
      list: 5,
      setAlias: 5,
      readAlias: 4,
      refresh: 2,
    });
    if (type === 'write') {
      const size = random.chance(0.1) ? 70_000 + random.below(50_000) : 20 + random.below(400);
      return { actor, type, name: random.pick(NAMES), size };
    }
    if (type === 'remove') return { actor, type, name: random.pick(NAMES) };
    if (type === 'commit')
      return { actor, type, alias: random.chance(0.3) ? `of-${actor}` : null, byRename: random.chance(0.2) };
    if (type === 'readAlias' || type === 'refresh') return { actor, type };
    return { actor, type, version };
  });
  return { ...program, steps };
}
