import fc from 'fast-check';

export type Action =
  | { readonly type: 'write' | 'append'; readonly path: string; readonly text: string }
  | {
      readonly type: 'read' | 'list' | 'stat' | 'unlink' | 'mkdir' | 'rmdir' | 'removeTree';
      readonly path: string;
    }
  /** One handle an actor: 'open' replaces it; it stays open over whatever happens to its name. */
  | { readonly type: 'open'; readonly path: string }
  | { readonly type: 'writeHandle'; readonly text: string }
  | { readonly type: 'readHandle' | 'syncHandle' }
  | { readonly type: 'rename'; readonly path: string; readonly to: string }
  /** One open directory an actor: its own, which nobody moves or removes. */
  | { readonly type: 'flush' | 'opendir' | 'readPage' };

export interface Command {
  readonly action: Action;
  readonly isSync: boolean;
  /** Aborts the call after so many steps elsewhere; only calls that change nothing are aborted. */
  readonly abortAfter: number | null;
}

const name = fc.constantFrom('a', 'b', 'd/a', 'd/b', 'd', 'd/d', 'd/d/a');
const text = fc.string({ unit: fc.constantFrom('x', 'y', 'z'), maxLength: 40 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constantFrom('write' as const, 'append' as const), path: name, text }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom('read' as const, 'list' as const, 'stat' as const, 'open' as const),
      path: name,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('writeHandle' as const), text }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('readHandle' as const, 'readHandle' as const, 'syncHandle' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('unlink' as const, 'mkdir' as const, 'rmdir' as const, 'removeTree' as const),
      path: name,
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('rename' as const), path: name, to: name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('flush' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom('opendir' as const, 'readPage' as const, 'readPage' as const),
    }),
  },
);
const command: fc.Arbitrary<Command> = fc.record({
  action,
  isSync: fc.boolean(),
  abortAfter: fc.option(fc.nat(4), { freq: 6 }),
});
export const program = fc.record({
  actors: fc.array(fc.array(command, { minLength: 1, maxLength: 14 }), { minLength: 1, maxLength: 3 }),
  seed: fc.integer(),
  pageSize: fc.constantFrom(2, 1000),
  isLagging: fc.boolean(),
  failingPuts: fc.nat(2),
  listingTtl: fc.constantFrom(0, 50, 100_000),
});

export type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;
