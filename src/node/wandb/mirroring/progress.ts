import type { MirrorProgress, MirrorSettings } from './options.js';
import type { Copied } from './plan.js';

/** How far all is, and each file. */
export class Progress {
  private readonly through = new Map<string, number>();
  private readonly sizes: ReadonlyMap<string, number>;
  private readonly bytesTotal: number;
  private bytes = 0;
  private readonly done = new Set<string>();

  constructor(
    copied: readonly Copied[],
    private readonly onProgress: MirrorSettings['onProgress'],
  ) {
    this.sizes = new Map(copied.map(({ name, size }) => [name, size]));
    this.bytesTotal = copied.reduce((sum, { size }) => sum + size, 0);
  }

  /** All begins, or has ended. */
  tell(): void {
    this.emit(null);
  }

  /** What is sent again counts once. */
  on(name: string, bytes: number): void {
    const size = this.sizes.get(name);
    if (size === undefined || this.done.has(name)) return;
    const now = Math.min(size, bytes);
    this.count(name, now);
    this.emit({ name, bytes: now, size, isDone: false });
  }

  end(name: string): void {
    const size = this.sizes.get(name);
    if (size === undefined || this.done.has(name)) return;
    this.count(name, size);
    this.done.add(name);
    this.emit({ name, bytes: size, size, isDone: true });
  }

  private count(name: string, bytes: number): void {
    this.bytes += bytes - (this.through.get(name) ?? 0);
    this.through.set(name, bytes);
  }

  private emit(transfer: MirrorProgress['transfer']): void {
    const { bytes, bytesTotal } = this;
    const [files, filesTotal] = [this.done.size, this.sizes.size];
    this.onProgress({ files, filesTotal, bytes, bytesTotal, transfer });
  }
}
