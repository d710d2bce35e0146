import type { FakeWandbOptions } from 'wandb-fs/testing';

/** One measurement: `ms`, `cpuMs`, the server's counts, and what the row adds. All of them numbers. */
export type Sample = Readonly<Record<string, number>>;

/** Does the work and measures it; an object of numbers that it returns is part of the sample. */
export type Measure = (work: () => unknown) => Promise<Sample>;

export interface Context {
  /** In a process of its own, see server.mjs; null where `server` is. */
  readonly server: Awaited<ReturnType<typeof import('./server.mjs').startServer>> | null;
  /** The row's numbers of the size that is measured. */
  readonly size: Readonly<Record<string, number>>;
  /** An empty directory, which is removed behind the row. */
  readonly directory: string;
}

/** One line of the table: ours beside a peer's, and how far they may be apart. */
export interface Row<State = unknown> {
  /** Its id in the results: 'modules-of-a-run'. */
  readonly name: string;
  /** What is done, for the table: '300 modules of a run, one after another, 50 ms'. */
  readonly title: string;
  /** Whom ours is compared with, in a few words: 'bare undici, the addresses known'. */
  readonly against: string;
  /** Which number of the samples is compared. @default 'ms' */
  readonly of?: string;
  /** The greatest ratio, ours / peer's. */
  readonly aim: number;
  /** The most that numbers of ours may be: `{ graphql: 10 }`. */
  readonly most?: Readonly<Record<string, number>>;
  /** What must be there, or the row isn't measured: the program `curl`, or `WANDB_PYTHON` with the official SDK. */
  readonly needs?: readonly ('curl' | 'python')[];
  /** The server's options, such as `{ latencyMs: 50 }`; null where the row needs no server. @default {} */
  readonly server?: FakeWandbOptions | null;
  /** By how much the row is made; `quick` is as `full` where it isn't given. `tiny` is for tests: a moment's work. */
  readonly sizes: {
    readonly full: Readonly<Record<string, number>>;
    readonly quick?: Readonly<Record<string, number>>;
    readonly tiny: Readonly<Record<string, number>>;
  };
  /** Whether a first pair is done that doesn't count. @default true */
  readonly warmUp?: boolean;
  /** Makes what both need, once. */
  prepare(context: Context): State | Promise<State>;
  /** One measurement of ours. What isn't inside `measure` isn't measured: a fresh instance is made before. */
  ours(state: State, measure: Measure): Promise<Sample>;
  peer(state: State, measure: Measure): Promise<Sample>;
  /** Ends what `prepare` made. */
  end?(state: State): unknown;
}
