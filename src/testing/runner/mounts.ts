import type { WandbFs } from '../../index.js';
import { nextTick } from '../../platform/time.js';

/** The fs objects that tests were given: what they leave behind, and their end. */
export class Mounts {
  private readonly open = new Set<WandbFs>();

  add(fs: WandbFs): WandbFs {
    this.open.add(fs);
    return fs;
  }

  isAnyUnsent(): boolean {
    return [...this.open].some(isUnsent);
  }

  /** Sends what waits. Resolves with what waited, a line each, and why where it can't be sent. */
  async send(): Promise<readonly string[]> {
    const lines = await Promise.all([...this.open].filter(isUnsent).map(sent));
    return lines.flat();
  }

  /** What was learned of a server that has been reset isn't so any more. */
  refresh(): void {
    for (const fs of this.open) fs.wandb.refresh();
  }

  /** @returns why some can't be closed */
  async close(): Promise<readonly unknown[]> {
    const closing = [...this.open].map((fs) => fs.wandb.close());
    this.open.clear();
    const ends = await Promise.allSettled(closing);
    return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  }
}

/** Acknowledged, and not on the server. */
const isUnsent = (fs: WandbFs): boolean => (fs.wandb.counters().dirty ?? 0) > 0;

async function sent({ wandb }: WandbFs): Promise<readonly string[]> {
  const told = new Map<string, string>();
  const onUploaded = ({ path }: { readonly path: string }): void => {
    told.set(path, path);
  };
  const onFailed = ({ path, error }: { readonly path: string; readonly error: Error }): void => {
    told.set(path, `${path} (${error.message})`);
  };
  wandb.uploads.on('uploaded', onUploaded).on('failed', onFailed);
  try {
    await wandb.flush();
  } catch (error) {
    if (told.size === 0) told.set('', error instanceof Error ? error.message : String(error));
  } finally {
    // Events come in turns of their own, behind what is awaited.
    await new Promise<void>((resolve) => nextTick(resolve));
    wandb.uploads.off('uploaded', onUploaded).off('failed', onFailed);
  }
  return [...told.values()];
}
