import type { SeedArtifacts, SeededCollection } from '../artifacts/seeding.js';
import type { Fault } from '../faults.js';
import type { RequestRecord } from '../server/log.js';

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
}

/** What the server's own thread does on request of the thread that started it. */
export interface Control {
  seed(tree: SeedTree, about: SeedRun): void;
  requests(options: { readonly clear?: boolean | undefined }): readonly RequestRecord[];
  faults(faults: readonly Fault[] | null): readonly Fault[];
  seedArtifacts(tree: SeedArtifacts): Readonly<Record<string, SeededCollection>>;
  artifactFiles(name: string): Readonly<Record<string, Uint8Array>>;
  files(run: string): Readonly<Record<string, Uint8Array>>;
  close(): Promise<void>;
}
