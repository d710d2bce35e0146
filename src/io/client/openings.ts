import type { Transferable } from 'node:worker_threads';
import type { Contents } from '../../contract/remote.js';
import { failureOf } from '../failure-of.js';
import { type Opened, packContent } from '../protocol.js';

/** What one thread has open of the kernel's content: when it dies, it has closed it. */
export class Openings {
  private readonly counts = new Map<number, number>();

  constructor(private readonly contents: () => Contents) {}

  /** Never throws: a refusal is an answer. */
  open(id: number): { readonly content: Opened; readonly transfers: readonly Transferable[] } {
    try {
      const source = this.contents().open(id);
      this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
      return packContent({ ok: true, source });
    } catch (thrown) {
      return { content: { ok: false, failure: failureOf(thrown) }, transfers: [] };
    }
  }

  close(id: number): void {
    const count = this.counts.get(id) ?? 0;
    if (count === 0) return;
    if (count === 1) this.counts.delete(id);
    else this.counts.set(id, count - 1);
    this.contents().close(id);
  }

  closeAll(): void {
    for (const [id, count] of this.counts) for (let left = count; left > 0; left--) this.contents().close(id);
    this.counts.clear();
  }
}
