import type { WandbFs } from 'wandb-fs';
import type { Collection } from './collection.js';
import type { JudgedCalls } from './judged-calls.js';
import { Violation } from './violations.js';

/** An alias that one client sets, and nobody else. */
export class OwnAlias {
  /** What it may lead to. */
  private targets = new Set<string | null>([null]);

  constructor(
    private readonly fs: WandbFs,
    private readonly collection: Collection,
    private readonly calls: JudgedCalls,
  ) {}

  private get path(): string {
    return `${this.collection.path}/of-${this.calls.actor}`;
  }

  async set(version: string): Promise<void> {
    const by = this.collection.versions.find((other) => other.version === version)?.by;
    if (by !== this.calls.actor) this.fs.wandb.refresh(this.collection.path);
    const { code } = await this.calls.make(`symlink ${version} of-${this.calls.actor}`, () =>
      this.fs.promises.symlink(version, this.path),
    );
    if (code === null) this.leadsTo(version);
    else {
      this.calls.explain(code, `symlink ${version}`);
      this.targets.add(version);
    }
  }

  async read(): Promise<void> {
    let seen: string | null = null;
    const { code } = await this.calls.make(`readlink of-${this.calls.actor}`, async () => {
      seen = await this.fs.promises.readlink(this.path);
    });
    if (code !== null && code !== 'ENOENT') return this.calls.explain(code, 'readlink');
    if (this.targets.has('any') || this.targets.has(seen)) return;
    throw new Violation(
      'wrong',
      `${this.calls.actor}: the alias leads to ${seen}, must be ${[...this.targets].join(' or ')}`,
    );
  }

  /** A commit whose version isn't known may have set the alias. */
  doubt(): void {
    this.targets.add('any');
  }

  /** That is certain: a call that has set it says so. */
  leadsTo(version: string): void {
    this.targets = new Set([version]);
  }
}
