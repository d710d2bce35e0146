import type { Entries } from '../../contract/entry-page.js';

/** Pages that may be told and not taken yet: one is merged while the next one comes, and a busy kernel isn't flooded. */
const MOST_UNTAKEN = 2;

/** Tells the pages of a listing no faster than they are taken. */
export class Paging {
  private untaken = 0;
  private goOn: (() => void) | null = null;

  constructor(private readonly post: (entries: Entries) => void) {}

  readonly tell = async (entries: Entries): Promise<void> => {
    this.untaken++;
    this.post(entries);
    if (this.untaken < MOST_UNTAKEN) return;
    await new Promise<void>((resolve) => {
      this.goOn = resolve;
    });
  };

  taken(): void {
    this.untaken--;
    this.goOn?.();
    this.goOn = null;
  }
}
