import { resolveConfig } from '../../../src/config/config.js';
import type { WandbFsOptions } from '../../../src/config/options.js';
import type { Entry } from '../../../src/contract/entry.js';
import type { Store } from '../../../src/contract/store.js';
import { type TreePath, treePath } from '../../../src/contract/tree-path.js';
import { createRunsStore } from '../../../src/store/runs.js';
import type { FakeWandb, FakeWandbOptions, RequestRecord } from '../../../src/testing/index.js';
import { STANDARD, startServer } from '../../helpers/server.js';

export const UNIT = 'entity/project/run';
const WHOLE = { start: 0, end: Number.MAX_SAFE_INTEGER };

/** A server, a store of runs before it, and what tests ask of both. */
export class RunsBench implements AsyncDisposable {
  readonly store: Store;

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

  lookup(path: TreePath, listing = false): ReturnType<Store['lookup']> {
    return this.store.lookup(path, { listing });
  }

  async fileAt(path: TreePath): Promise<Entry> {
    const { found } = await this.lookup(path);
    if (found === null || found === 'prefix') throw new Error(`'${path}' is no file: ${found}`);
    return found;
  }

  async list(path: TreePath): Promise<Entry[]> {
    const entries: Entry[] = [];
    for await (const page of this.store.list(path, {})) entries.push(...page);
    return entries;
  }

  async read(entry: Entry, range = WHOLE, etag: string | null = null): Promise<string> {
    return Buffer.from((await this.store.read(entry, range, { etag })).bytes).toString();
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    const { uploads } = this.store;
    if (!uploads) throw new Error('the store has no uploads');
    const tickets = await uploads.declare(Object.keys(files).map(treePath), {});
    await Promise.all(
      tickets.map((ticket) =>
        uploads.put(ticket, { kind: 'bytes', bytes: Buffer.from(files[ticket.path] ?? '') }, {}),
      ),
    );
    await uploads.finish(tickets, {});
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
