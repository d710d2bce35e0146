import { treePath } from '../../../src/contract/tree-path.js';
import { Freshness, Operation, runAsync, runSync } from '../../../src/kernel/operation/operation.js';
import type { DirectoryPages, Kernel } from '../../../src/kernel/syscalls.js';
import type { Model } from './model.js';

/** An open directory that is read page by page while names in it come and go, and which of them it may and must show. */
export class DirectoryReading {
  private readonly freshness = new Freshness();
  private readonly pages: DirectoryPages;
  private readonly shown: string[] = [];
  /** Names that were there all the time, and those that were there once. */
  private readonly always: Set<string>;
  private readonly ever: Set<string>;

  constructor(
    kernel: Kernel,
    private readonly model: Model,
    private readonly path: string,
  ) {
    const op = new Operation(undefined, this.freshness);
    this.pages = runSync((each) => kernel.opendir(each, treePath(path), 'always'), op);
    this.always = new Set(model.names(path));
    this.ever = new Set(this.always);
  }

  /** Something in the model has changed. */
  update(): void {
    const now = new Set(this.model.names(this.path));
    for (const name of now) this.ever.add(name);
    for (const name of this.always) if (!now.has(name)) this.always.delete(name);
  }

  /** Reads a page; false at the end, where all has been shown that was there all the time. */
  async next(isSync: boolean): Promise<boolean> {
    const op = new Operation(undefined, this.freshness);
    const page = await (isSync ? runSync : runAsync)((each) => this.pages.next(each), op);
    if (page === null) {
      expect(this.shown).toEqual(expect.arrayContaining([...this.always]));
      return false;
    }
    this.shown.push(...page.map(({ name }) => name));
    expect([...this.ever]).toEqual(expect.arrayContaining(this.shown));
    expect(new Set(this.shown).size).toBe(this.shown.length);
    return true;
  }
}
