import nodeFs from 'node:fs';
import type { WandbArtifactFsOptions, WandbFs, WandbFsOptions } from '../index.js';
import type { Place } from './places/place.js';
import type { Trees } from './places/resolve.js';

/** What commands use of a filesystem, whichever it is. */
export type AnyFs = Pick<typeof nodeFs, 'promises' | 'createReadStream' | 'createWriteStream'>;

/** One filesystem of each tree, made at the first use; who has made this closes it. */
export class Filesystems implements Trees {
  readonly #options: WandbArtifactFsOptions;
  #runs: Promise<WandbFs> | null = null;
  #artifacts: Promise<WandbFs> | null = null;

  constructor(options: WandbArtifactFsOptions) {
    this.#options = options;
  }

  runs(): Promise<WandbFs> {
    this.#runs ??= load().then(({ createWandbFs }) => createWandbFs(ofRuns(this.#options)));
    return this.#runs;
  }

  artifacts(): Promise<WandbFs> {
    this.#artifacts ??= load().then(({ createWandbArtifactFs }) => createWandbArtifactFs(this.#options));
    return this.#artifacts;
  }

  /** That of a place: `node:fs` for a local one. */
  async of({ kind }: Pick<Place, 'kind'>): Promise<AnyFs> {
    return kind === 'local' ? nodeFs : this[kind]();
  }

  /** Rejects with all that some of them failed by, after each was closed. */
  async close(): Promise<void> {
    await closeAll(await this.#made());
  }

  /** As `close`, without waiting for what a journal keeps for the next start. */
  async leave(): Promise<void> {
    const made = await this.#made();
    const kept = made.filter(({ wandb }) => wandb.journal() !== null);
    for (const { wandb } of kept) wandb.close().catch(() => undefined);
    await closeAll(made.filter((fs) => !kept.includes(fs)));
  }

  async #made(): Promise<WandbFs[]> {
    const ends = await Promise.allSettled([this.#runs, this.#artifacts]);
    // Who asked for one that couldn't be made has heard of it.
    return ends.flatMap((end) => (end.status === 'fulfilled' && end.value ? [end.value] : []));
  }
}

async function closeAll(made: readonly WandbFs[]): Promise<void> {
  const ends = await Promise.allSettled(made.map(({ wandb }) => wandb.close()));
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'));
  if (failures.length === 1) throw failures[0];
}

/** `--help` and `--version` need none of it. */
const load = () => import('../index.js');

/** Of one tree only. */
function ofRuns(options: WandbArtifactFsOptions): WandbFsOptions {
  const { references, artifactCache, artifactCacheBytes, multipartBytes, partBytes, ...rest } = options;
  return rest;
}
