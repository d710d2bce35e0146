import { resolveConfig } from '../../../src/config/config.js';
import type { WandbFsOptions } from '../../../src/config/options.js';
import type { Entry } from '../../../src/contract/entry.js';
import type { Store } from '../../../src/contract/store.js';
import { createRunsStore } from '../../../src/store/runs.js';
import type { FakeWandb, FakeWandbOptions, RequestRecord } from '../../../src/testing/index.js';
import { STANDARD, startServer } from '../../helpers/server.js';
import { asked, bytesSource, textOf, uploadTo } from './asked.js';

export const UNIT = 'entity/project/run';

/** A server, a store of runs before it, and what tests ask of both. */
export class RunsBench implements AsyncDisposable {
  readonly store: Store;
  readonly ask = asked(() => this.store);

  private constructor(
    readonly wandb: FakeWandb,
    options: WandbFsOptions,
  ) {
    this.store = this.connect(options);
  }

  static async start(server: FakeWandbOptions = STANDARD, options: WandbFsOptions = {}): Promise<RunsBench> {
    return new RunsBench(await startServer(server), options);
  }

  /** Another store before the same server, as of another process. */
  connect(options: WandbFsOptions = {}): Store {
    const given = { baseUrl: this.wandb.url, apiKey: this.wandb.apiKey, ...options };
    return createRunsStore(resolveConfig(given, { HOME: '/nonexistent' }).wire.reveal());
  }

  /** The content of an entry that was found before, as text. */
  async read(entry: Entry): Promise<string> {
    return textOf((await this.ask.read(entry)).bytes);
  }

  write(files: Readonly<Record<string, string>>): Promise<void> {
    const sources = Object.entries(files).map(([path, text]) => [path, bytesSource(text)]);
    return uploadTo(this.store, Object.fromEntries(sources));
  }

  /** The requests of a piece of work, each in a few words. */
  async requestsOf(work: () => Promise<unknown>): Promise<string[]> {
    await this.wandb.requests({ clear: true });
    await work();
    return (await this.wandb.requests()).map(summary);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close?.();
    await this.wandb.close();
  }
}

export const summary = ({ side, method, operation, status }: RequestRecord): string =>
  `${operation ?? `${side} ${method}`} ${status}`;

export const manyFiles = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`d${index % 11}/f${index}.txt`, `${index}`]),
  );
