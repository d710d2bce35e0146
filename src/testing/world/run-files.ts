import type { FileRow } from './records.js';

/** The files of a run by name, and in their order, which isn't made anew for each page of a listing. */
export class RunFiles extends Map<string, FileRow> {
  private ordered: readonly FileRow[] | null = null;

  /** In the order of making. */
  inOrder(): readonly FileRow[] {
    this.ordered ??= [...this.values()];
    return this.ordered;
  }

  override set(name: string, row: FileRow): this {
    this.ordered = null;
    return super.set(name, row);
  }

  override delete(name: string): boolean {
    this.ordered = null;
    return super.delete(name);
  }
}
