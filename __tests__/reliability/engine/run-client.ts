import type { WandbFs } from 'wandb-fs';
import type { FaultLane } from 'wandb-fs/testing';
import { JudgedCalls } from './judged-calls.js';
import { OpenFiles } from './open-files.js';
import type { Content, Possible, Shared } from './possible.js';
import { RunReads } from './run-reads.js';
import { describe, type RunOperation } from './run-steps.js';
import { type Named, type RunModel, RunView, type Sized } from './run-view.js';
import { Violation } from './violations.js';
import { storedIn, type World } from './world.js';

/** One client: makes calls, and judges what comes of them by the model. */
export class RunClient {
  readonly calls: JudgedCalls;
  readonly files: OpenFiles;
  private readonly view: RunView;
  private readonly reads: RunReads;

  constructor(
    readonly actor: string,
    readonly fs: WandbFs,
    private readonly model: RunModel,
    private readonly world: World,
    lane: FaultLane,
    isSync: boolean,
  ) {
    this.calls = new JudgedCalls(actor, world.deadline, 'errno');
    this.view = new RunView(fs, model, world, this.calls, isSync);
    this.files = new OpenFiles(this.view);
    this.reads = new RunReads(this.view, lane);
  }

  async perform(operation: RunOperation): Promise<void> {
    const shared = 'name' in operation ? this.model.shared.get(operation.name) : undefined;
    const possible = 'name' in operation ? this.model.own.get(operation.name) : undefined;
    switch (operation.type) {
      case 'write':
        return shared ? this.writeShared(shared, operation) : this.write(possible, operation);
      case 'append':
        return this.change(
          possible,
          operation,
          (old, text) => (old ?? '') + text,
          (path, text) =>
            this.view.isSync ? this.fs.appendFileSync(path, text) : this.fs.promises.appendFile(path, text),
        );
      case 'truncate':
        return this.truncate(possible, operation);
      case 'read':
        return this.reads.read(operation);
      case 'stat':
        return this.reads.stat(possible, operation);
      case 'unlink':
        return shared ? this.unlinkShared(shared, operation) : this.unlink(possible, operation);
      case 'rename':
        return this.rename([[operation.name, operation.to]], operation);
      case 'moveTree':
        return this.moveTree(operation.name, operation.to, operation);
      case 'removeTree':
        return this.removeTree(operation.name, operation);
      case 'list':
        return this.reads.list(operation.name, operation);
      case 'open':
        return this.files.open(possible, operation);
      case 'writeHandle':
        return this.files.write(operation);
      case 'syncHandle':
        return this.files.sync(operation.name, operation);
      case 'closeHandle':
        return this.files.close(operation.name);
      case 'flush':
        return this.flush();
      case 'refresh':
        this.fs.wandb.refresh();
    }
  }

  /** Waits for all that was written, and compares the server with it. */
  async flush(): Promise<void> {
    const outcome = await this.calls.make('flush', () => this.fs.wandb.flush());
    if (outcome.code !== null) {
      if (this.calls.isCalm)
        throw new Violation('flush', `flush() by ${this.actor}: ${this.calls.log.at(-1)}`);
      return this.calls.explain(outcome.code, 'flush');
    }
    const stored = await storedIn(this.world, this.model.run);
    for (const possible of this.view.mine()) possible.checkDurable(stored(possible.name));
  }

  private write(possible: Possible | undefined, operation: Sized): Promise<void> {
    return this.change(
      possible,
      operation,
      (_old, text) => text,
      (path, text) =>
        this.view.isSync ? this.fs.writeFileSync(path, text) : this.fs.promises.writeFile(path, text),
    );
  }

  /** A call that makes other content of a file, or of none. */
  private async change(
    possible: Possible | undefined,
    operation: Sized,
    make: (old: Content, text: string) => string,
    call: (path: string, text: string) => void | Promise<void>,
  ): Promise<void> {
    if (!possible) return;
    const text = this.view.newContent(operation.size);
    const made = [...possible.local].map((old) => make(old, text));
    if (made.length > 6) return;
    possible.expect(made);
    const path = `/${operation.name}`;
    const outcome = await this.calls.make(describe(operation), async () => {
      const directory = path.slice(0, path.lastIndexOf('/'));
      await this.fs.promises.mkdir(directory, { recursive: true });
      await call(path, text);
    });
    if (outcome.code === null) return possible.acknowledge(made);
    this.calls.explain(outcome.code, describe(operation));
    possible.doubt(made);
  }

  private async truncate(possible: Possible | undefined, operation: Sized): Promise<void> {
    if (!possible?.isThere) return;
    const made = [...possible.local].map((old) => (old ?? '').slice(0, operation.size));
    if ([...possible.local].some((old) => (old ?? '').length < operation.size)) return;
    possible.expect(made);
    const outcome = await this.calls.make(describe(operation), () =>
      this.fs.promises.truncate(`/${operation.name}`, operation.size),
    );
    if (outcome.code === null) return possible.acknowledge(made);
    this.calls.explain(outcome.code, describe(operation));
    possible.doubt(made);
  }

  private async writeShared(shared: Shared, operation: Sized): Promise<void> {
    const text = this.view.newContent(operation.size);
    shared.expect(text);
    const outcome = await this.calls.make(describe(operation), async () => {
      await this.fs.promises.mkdir('/s', { recursive: true });
      await this.fs.promises.writeFile(`/${operation.name}`, text);
    });
    if (outcome.code === null) return shared.acknowledge(this.actor, text);
    // A directory in which somebody else has removed the last file goes with the next listing.
    this.calls.explain(outcome.code, describe(operation), ['ESTALE', 'ENOENT']);
    shared.doubt(this.actor, text);
  }

  private async unlinkShared(shared: Shared, operation: Named): Promise<void> {
    const outcome = await this.calls.make(describe(operation), () =>
      this.fs.promises.unlink(`/${operation.name}`),
    );
    if (outcome.code === null) return shared.acknowledge(this.actor, null);
    if (outcome.code !== 'ENOENT') this.calls.explain(outcome.code, describe(operation), ['ESTALE']);
    shared.doubt(this.actor, null);
  }

  private async unlink(possible: Possible | undefined, operation: Named): Promise<void> {
    if (!possible) return;
    possible.expect([null]);
    const outcome = await this.calls.make(describe(operation), () =>
      this.fs.promises.unlink(`/${operation.name}`),
    );
    if (outcome.code === null) {
      if (possible.isAbsent) throw new Violation('errno', `${describe(operation)} removed what wasn't there`);
      this.files.forget(operation.name);
      return possible.settle(null);
    }
    if (outcome.code === 'ENOENT') return possible.read(null, `${this.actor}: ${describe(operation)}`);
    this.calls.explain(outcome.code, describe(operation));
    possible.doubt([null]);
  }

  /** Files get other names, all of them by one call. */
  private async rename(
    pairs: readonly (readonly [string, string])[],
    operation: RunOperation,
  ): Promise<void> {
    if (!('to' in operation)) return;
    const moves = pairs.flatMap(([from, to]) => {
      const [source, target] = [this.model.own.get(from), this.model.own.get(to)];
      return source && target ? [{ source, target, moved: [...source.local] }] : [];
    });
    for (const { source, target, moved } of moves) {
      target.expect(moved.filter((content) => content !== null));
      source.expect([null]);
    }
    const outcome = await this.calls.make(describe(operation), async () => {
      const directory = `/${operation.to}`.slice(0, operation.to.lastIndexOf('/') + 1);
      await this.fs.promises.mkdir(directory, { recursive: true });
      await this.fs.promises.rename(`/${operation.name}`, `/${operation.to}`);
    });
    if (outcome.code === null) {
      for (const { source, target, moved } of moves) {
        const isMissing = source.isAbsent && operation.type === 'rename';
        if (isMissing) throw new Violation('errno', `${describe(operation)} moved what wasn't there`);
        if (!source.isAbsent) this.follow(source, target, moved, operation.type === 'moveTree');
      }
      return;
    }
    if (outcome.code === 'ENOENT' && moves.every(({ source }) => source.local.has(null))) return;
    if (outcome.code === 'ENOTEMPTY' && moves.some(({ target }) => !target.isAbsent)) return;
    this.calls.explain(outcome.code, describe(operation));
    for (const { source, target, moved } of moves) {
      source.doubt([null]);
      target.doubt(moved.filter((content) => content !== null));
    }
  }

  private follow(source: Possible, target: Possible, moved: readonly Content[], isTree: boolean): void {
    // A file that may not have been there was there, else the rename had failed; below a directory it need not have been.
    target.acknowledge(isTree ? moved : moved.filter((content) => content !== null));
    source.settle(null);
    this.files.rename(source.name, target.name);
  }

  private async moveTree(from: string, to: string, operation: RunOperation): Promise<void> {
    const below = this.view.mine().filter(({ name }) => name.startsWith(`${from}/`));
    const above = this.view.mine().filter(({ name }) => name.startsWith(`${to}/`));
    // Names that the target has and the source hasn't, and the reverse, would be names of nothing.
    const pairs = below.flatMap((source) => {
      const name = to + source.name.slice(from.length);
      return this.model.own.has(name) ? [[source.name, name] as const] : [];
    });
    const isWhole = below.every((source) => source.isAbsent || pairs.some(([name]) => name === source.name));
    if (!isWhole || !above.every((target) => target.isAbsent) || below.every((source) => source.isAbsent))
      return;
    for (const { name } of [...below, ...above]) await this.files.close(name);
    await this.rename(pairs, operation);
  }

  private async removeTree(directory: string, operation: RunOperation): Promise<void> {
    const below = this.view.mine().filter(({ name }) => name.startsWith(`${directory}/`));
    for (const { name } of below) await this.files.close(name);
    for (const possible of below) possible.expect([null]);
    const outcome = await this.calls.make(describe(operation), () =>
      this.fs.promises.rm(`/${directory}`, { recursive: true, force: true }),
    );
    if (outcome.code === null) {
      for (const possible of below) possible.settle(null);
      return;
    }
    this.calls.explain(outcome.code, describe(operation));
    for (const possible of below) possible.doubt([null]);
  }
}
