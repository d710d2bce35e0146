import { setImmediate } from 'node:timers';
import { type ErrnoCode, Failure } from '../../contract/failure.js';
import type { Store } from '../../contract/store.js';
import type { TreePath } from '../../contract/tree-path.js';

type Removed = Parameters<NonNullable<Store['remove']>>[0];

interface Request {
  readonly files: Removed;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Failures that speak of a file, not of the connection. */
const OF_ONE_FILE: readonly ErrnoCode[] = ['EACCES', 'EPERM', 'EINVAL', 'ENOENT'];

/** Puts the removals of one turn into one request. */
export class Removals {
  private requests: Request[] = [];

  constructor(
    private readonly store: Pick<Store, 'remove'>,
    private readonly signal: AbortSignal,
  ) {}

  remove(files: readonly { readonly path: TreePath; readonly id: string | null }[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.requests.push({ files, resolve, reject });
      if (this.requests.length === 1) setImmediate(() => void this.send());
    });
  }

  private async send(): Promise<void> {
    const { requests } = this;
    this.requests = [];
    try {
      await this.removeAll(requests);
    } catch (thrown) {
      if (requests.length > 1 && thrown instanceof Failure && OF_ONE_FILE.includes(thrown.code)) {
        for (const request of requests) await this.removeAll([request]).catch(request.reject);
        return;
      }
      for (const { reject } of requests) reject(thrown);
    }
  }

  private async removeAll(requests: readonly Request[]): Promise<void> {
    const { store, signal } = this;
    if (!store.remove) throw new Failure('EROFS');
    await store.remove(
      requests.flatMap(({ files }) => files),
      { signal },
    );
    for (const { resolve } of requests) resolve();
  }
}
