import type { FileHandle } from 'node:fs/promises';
import type { WandbFs } from 'wandb-fs';
import type { FaultLane } from 'wandb-fs/testing';
import type { Content, Possible, Shared } from './possible.js';
import { contentOf } from './random.js';
import { describe, type RunOperation } from './run-steps.js';
import { codeOf, isFaulty, Violation, within } from './violations.js';
import { storedIn, type World } from './world.js';

/** What all clients know of a run. */
export interface RunModel {
  readonly run: string;
  readonly own: ReadonlyMap<string, Possible>;
  readonly shared: ReadonlyMap<string, Shared>;
}

interface OpenFile {
  readonly handle: FileHandle;
  /** Where the file is; null when its name was removed, or is another file's. */
  name: string | null;
}

type Outcome = { readonly value: unknown; readonly code: null } | { readonly code: string };

type Named = RunOperation & { readonly name: string };
type Sized = Named & { readonly size: number };

/** One client: makes calls, and judges what comes of them by the model. */
export class RunClient {
  readonly log: string[] = [];
  private readonly open = new Map<string, OpenFile>();
  private serial = 0;
  /** Faults explain failures until they are over. */
  isCalm = false;

  constructor(
    readonly actor: string,
    readonly fs: WandbFs,
    private readonly model: RunModel,
    private readonly world: World,
    /** What breaks its connections, and everybody's. */
    private readonly lane: FaultLane,
    /** Make calls block where they can. */
    private readonly isSync: boolean,
  ) {}

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
            this.isSync ? this.fs.appendFileSync(path, text) : this.fs.promises.appendFile(path, text),
        );
      case 'truncate':
        return this.truncate(possible, operation);
      case 'read':
        return this.read(operation);
      case 'stat':
        return this.stat(possible, operation);
      case 'unlink':
        return shared ? this.unlinkShared(shared, operation) : this.unlink(possible, operation);
      case 'rename':
        return this.rename([[operation.name, operation.to]], operation);
      case 'moveTree':
        return this.moveTree(operation.name, operation.to, operation);
      case 'removeTree':
        return this.removeTree(operation.name, operation);
      case 'list':
        return this.list(operation.name, operation);
      case 'open':
        return this.openFile(possible, operation);
      case 'writeHandle':
        return this.writeHandle(operation);
      case 'syncHandle':
        return this.syncHandle(operation.name, operation);
      case 'closeHandle':
        return this.closeHandle(operation.name);
      case 'flush':
        return this.flush();
      case 'refresh':
        this.fs.wandb.refresh();
    }
  }

  /** Waits for all that was written, and compares the server with it. */
  async flush(): Promise<void> {
    const outcome = await this.call('flush', () => this.fs.wandb.flush());
    if (outcome.code !== null) {
      if (this.isCalm) throw new Violation('flush', `flush() by ${this.actor}: ${this.log.at(-1)}`);
      return this.explained(outcome.code, 'flush', []);
    }
    const stored = await storedIn(this.world, this.model.run);
    for (const possible of this.mine()) possible.checkDurable(stored(possible.name));
  }

  async closeAll(): Promise<void> {
    for (const name of [...this.open.keys()]) await this.closeHandle(name);
  }

  private mine(): Possible[] {
    return [...this.model.own.values()].filter(({ name }) => name.startsWith(`${this.actor}/`));
  }

  private write(possible: Possible | undefined, operation: Sized): Promise<void> {
    return this.change(
      possible,
      operation,
      (_old, text) => text,
      (path, text) =>
        this.isSync ? this.fs.writeFileSync(path, text) : this.fs.promises.writeFile(path, text),
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
    const text = this.newContent(operation.size);
    const made = [...possible.local].map((old) => make(old, text));
    if (made.length > 6) return;
    possible.expect(made);
    const path = `/${operation.name}`;
    const outcome = await this.call(describe(operation), async () => {
      const directory = path.slice(0, path.lastIndexOf('/'));
      await this.fs.promises.mkdir(directory, { recursive: true });
      await call(path, text);
    });
    if (outcome.code === null) return possible.acknowledge(made);
    this.explained(outcome.code, describe(operation), []);
    possible.doubt(made);
  }

  private async truncate(possible: Possible | undefined, operation: Sized): Promise<void> {
    if (!possible?.isThere) return;
    const made = [...possible.local].map((old) => (old ?? '').slice(0, operation.size));
    if ([...possible.local].some((old) => (old ?? '').length < operation.size)) return;
    possible.expect(made);
    const outcome = await this.call(describe(operation), () =>
      this.fs.promises.truncate(`/${operation.name}`, operation.size),
    );
    if (outcome.code === null) return possible.acknowledge(made);
    this.explained(outcome.code, describe(operation), []);
    possible.doubt(made);
  }

  private async writeShared(shared: Shared, operation: Sized): Promise<void> {
    const text = this.newContent(operation.size);
    shared.expect(text);
    const outcome = await this.call(describe(operation), async () => {
      await this.fs.promises.mkdir('/s', { recursive: true });
      await this.fs.promises.writeFile(`/${operation.name}`, text);
    });
    if (outcome.code === null) return shared.acknowledge(this.actor, text);
    // A directory in which somebody else has removed the last file goes with the next listing.
    this.explained(outcome.code, describe(operation), ['ESTALE', 'ENOENT']);
    shared.doubt(this.actor, text);
  }

  private async unlinkShared(shared: Shared, operation: Named): Promise<void> {
    const outcome = await this.call(describe(operation), () => this.fs.promises.unlink(`/${operation.name}`));
    if (outcome.code === null) return shared.acknowledge(this.actor, null);
    if (outcome.code !== 'ENOENT') this.explained(outcome.code, describe(operation), ['ESTALE']);
    shared.doubt(this.actor, null);
  }

  private async read(operation: Named): Promise<void> {
    const { name } = operation;
    const outcome = await this.call(describe(operation), () =>
      this.isSync
        ? Promise.resolve(this.fs.readFileSync(`/${name}`, 'utf8'))
        : this.fs.promises.readFile(`/${name}`, 'utf8'),
    );
    const isMine = name.startsWith(`${this.actor}/`);
    if (outcome.code !== null && outcome.code !== 'ENOENT')
      return this.explained(outcome.code, describe(operation), isMine ? [] : ['ESTALE']);
    const seen = outcome.code === null ? String(outcome.value) : null;
    const how = `${this.actor}: ${describe(operation)}`;
    const possible = this.model.own.get(name);
    const known = possible ?? this.model.shared.get(name);
    // A wrong byte that the storage took and lists is what others read, until its writer has sent it again: nobody can tell.
    if (!isMine && known?.isCorrupted(seen) && (await this.hasCorruptUpload(name))) return;
    this.model.shared.get(name)?.read(seen, how);
    if (isMine) possible?.read(seen, how);
    else possible?.readElsewhere(this.actor, seen, how);
  }

  private async hasCorruptUpload(name: string): Promise<boolean> {
    const { hits } = await this.lane.counts();
    return hits.some(
      ({ path, fault }) =>
        fault.kind === 'corrupt' && fault.what === 'request' && path.endsWith(`${this.model.run}/${name}`),
    );
  }

  private async stat(possible: Possible | undefined, operation: Named): Promise<void> {
    if (!possible) return;
    const outcome = await this.call(describe(operation), () => this.fs.promises.stat(`/${operation.name}`));
    if (!operation.name.startsWith(`${this.actor}/`)) {
      if (outcome.code !== null && outcome.code !== 'ENOENT')
        this.explained(outcome.code, describe(operation), []);
      return;
    }
    if (outcome.code === 'ENOENT') return possible.read(null, `${this.actor}: ${describe(operation)}`);
    if (outcome.code !== null) return this.explained(outcome.code, describe(operation), []);
    const { size } = outcome.value as { size: number };
    if (![...possible.local].some((content) => content !== null && Buffer.byteLength(content) === size))
      throw new Violation('wrong', `${this.actor}: ${describe(operation)} tells ${size} bytes`);
  }

  private async unlink(possible: Possible | undefined, operation: Named): Promise<void> {
    if (!possible) return;
    possible.expect([null]);
    const outcome = await this.call(describe(operation), () => this.fs.promises.unlink(`/${operation.name}`));
    if (outcome.code === null) {
      if (possible.isAbsent) throw new Violation('errno', `${describe(operation)} removed what wasn't there`);
      this.forget(operation.name);
      return possible.settle(null);
    }
    if (outcome.code === 'ENOENT') return possible.read(null, `${this.actor}: ${describe(operation)}`);
    this.explained(outcome.code, describe(operation), []);
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
    const outcome = await this.call(describe(operation), async () => {
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
    this.explained(outcome.code, describe(operation), []);
    for (const { source, target, moved } of moves) {
      source.doubt([null]);
      target.doubt(moved.filter((content) => content !== null));
    }
  }

  private follow(source: Possible, target: Possible, moved: readonly Content[], isTree: boolean): void {
    // A file that may not have been there was there, else the rename had failed; below a directory it need not have been.
    target.acknowledge(isTree ? moved : moved.filter((content) => content !== null));
    source.settle(null);
    this.forget(target.name);
    const opened = this.open.get(source.name);
    if (!opened) return;
    this.open.delete(source.name);
    opened.name = target.name;
    this.open.set(target.name, opened);
  }

  private async moveTree(from: string, to: string, operation: RunOperation): Promise<void> {
    const below = this.mine().filter(({ name }) => name.startsWith(`${from}/`));
    const above = this.mine().filter(({ name }) => name.startsWith(`${to}/`));
    // Names that the target has and the source hasn't, and the reverse, would be names of nothing.
    const pairs = below.flatMap((source) => {
      const name = to + source.name.slice(from.length);
      return this.model.own.has(name) ? [[source.name, name] as const] : [];
    });
    const isWhole = below.every((source) => source.isAbsent || pairs.some(([name]) => name === source.name));
    if (!isWhole || !above.every((target) => target.isAbsent) || below.every((source) => source.isAbsent))
      return;
    for (const { name } of [...below, ...above]) await this.closeHandle(name);
    await this.rename(pairs, operation);
  }

  private async removeTree(directory: string, operation: RunOperation): Promise<void> {
    const below = this.mine().filter(({ name }) => name.startsWith(`${directory}/`));
    for (const { name } of below) await this.closeHandle(name);
    for (const possible of below) possible.expect([null]);
    const outcome = await this.call(describe(operation), () =>
      this.fs.promises.rm(`/${directory}`, { recursive: true, force: true }),
    );
    if (outcome.code === null) {
      for (const possible of below) possible.settle(null);
      return;
    }
    this.explained(outcome.code, describe(operation), []);
    for (const possible of below) possible.doubt([null]);
  }

  private async list(directory: string, operation: RunOperation): Promise<void> {
    const outcome = await this.call(describe(operation), () => this.fs.promises.readdir(`/${directory}`));
    const below = this.mine().filter(({ name }) => name.startsWith(`${directory}/`));
    if (outcome.code === 'ENOENT') {
      const missing = below.find((possible) => possible.isThere);
      if (missing)
        throw new Violation('errno', `${describe(operation)}: ENOENT, but ${missing.name} is there`);
      return;
    }
    if (outcome.code !== null) return this.explained(outcome.code, describe(operation), []);
    const names = outcome.value as string[];
    for (const possible of below) {
      const rest = possible.name.slice(directory.length + 1);
      const isListed = names.includes(rest);
      if (rest.includes('/') || (isListed ? !possible.isAbsent : !possible.isThere)) continue;
      throw new Violation(
        'wrong',
        `${this.actor}: ${describe(operation)} ${isListed ? 'shows' : 'lacks'} ${possible.name}`,
      );
    }
  }

  private async openFile(possible: Possible | undefined, operation: Named): Promise<void> {
    if (!possible?.isCertain || this.open.has(operation.name)) return;
    const made = [...possible.local].map((old) => old ?? '');
    possible.expect(made);
    const path = `/${operation.name}`;
    const outcome = await this.call(describe(operation), async () => {
      await this.fs.promises.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      return this.fs.promises.open(path, 'a');
    });
    if (outcome.code !== null) {
      possible.doubt(made);
      return this.explained(outcome.code, describe(operation), []);
    }
    possible.acknowledge(made);
    this.open.set(operation.name, { handle: outcome.value as FileHandle, name: operation.name });
  }

  private async writeHandle(operation: Sized): Promise<void> {
    const opened = this.open.get(operation.name);
    const possible = this.model.own.get(operation.name);
    if (!opened || !possible) return;
    const text = this.newContent(operation.size);
    const made = [...possible.local].map((old) => (old ?? '') + text);
    possible.expect(made);
    const outcome = await this.call(describe(operation), () => opened.handle.appendFile(text));
    if (outcome.code === null) return possible.acknowledge(made);
    this.explained(outcome.code, describe(operation), []);
    possible.doubt(made);
  }

  private async syncHandle(name: string, operation: RunOperation): Promise<void> {
    const opened = this.open.get(name);
    const possible = this.model.own.get(name);
    if (!opened || !possible) return;
    const outcome = await this.call(describe(operation), () => opened.handle.sync());
    if (outcome.code !== null) return this.explained(outcome.code, describe(operation), []);
    possible.checkDurable((await storedIn(this.world, this.model.run))(name));
  }

  private async closeHandle(name: string): Promise<void> {
    const opened = this.open.get(name);
    if (!opened) return;
    this.open.delete(name);
    const outcome = await this.call(`close ${name}`, () => opened.handle.close());
    if (outcome.code !== null) this.explained(outcome.code, `close ${name}`, []);
  }

  /** The name is no longer that of the file that is open under it. */
  private forget(name: string): void {
    const opened = this.open.get(name);
    if (!opened) return;
    opened.name = null;
    this.open.delete(name);
    this.orphans.push(opened.handle);
  }

  /** Open files that have no name any more. */
  readonly orphans: FileHandle[] = [];

  private newContent(size: number): string {
    return contentOf(`${this.actor}${++this.serial}`, size);
  }

  private async call(what: string, work: () => Promise<unknown> | unknown): Promise<Outcome> {
    this.log.push(what);
    const index = this.log.length - 1;
    try {
      const value = await within(this.world.deadline, `${this.actor}: ${what}`, Promise.resolve().then(work));
      return { value, code: null };
    } catch (error) {
      if (error instanceof Violation) throw error;
      const code = codeOf(error);
      this.log[index] =
        `${what}  [${code}${error instanceof Error ? `: ${error.message.slice(0, 160)}` : ''}]`;
      return { code };
    }
  }

  private explained(code: string, what: string, also: readonly string[]): void {
    if (also.includes(code)) return;
    if (!isFaulty(code) || this.isCalm)
      throw new Violation(
        'errno',
        `${this.actor}: ${what} failed with ${code}${this.isCalm ? ' after the faults' : ''}`,
      );
  }
}
