/** Files by name, below a run. Text is stored as UTF-8. */
export type SeedFiles = Readonly<Record<string, string | Uint8Array>>;

/** What to put on the server: 'entity', 'entity/project' (both with `{}`) or 'entity/project/run' with its files. */
export type SeedTree = Readonly<Record<string, SeedFiles>>;

/** What describes the runs of one seeding. Times in milliseconds since the epoch. */
export interface SeedRun {
  /** @default 'finished' */
  readonly state?: string | undefined;
  readonly displayName?: string | undefined;
  readonly createdAt?: number | undefined;
  readonly heartbeatAt?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly group?: string | undefined;
  readonly jobType?: string | undefined;
  /** The hash of the code's commit. */
  readonly commit?: string | undefined;
  readonly description?: string | undefined;
  readonly notes?: string | undefined;
  /** As the service keeps it: `{ lr: { value: 0.1 } }`. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly summaryMetrics?: Readonly<Record<string, unknown>> | undefined;
  /** The rows of the history, as the SDK logs them: `{ _step: 0, loss: 0.5 }`. They take the place of those that are there. */
  readonly history?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** Parquet files of that history, as the service makes them. @default none */
  readonly parquet?: readonly Uint8Array[] | undefined;
}
