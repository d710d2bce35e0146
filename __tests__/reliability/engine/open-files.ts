import type { FileHandle } from 'node:fs/promises';
import type { Possible } from './possible.js';
import { describe, type RunOperation } from './run-steps.js';
import type { Named, RunView, Sized } from './run-view.js';
import { storedIn } from './world.js';

interface OpenFile {
  readonly handle: FileHandle;
  /** Where the file is; null when its name was removed, or is another file's. */
  name: string | null;
}

/** The files that one client has open: its calls on them, and what becomes of them when names change. */
export class OpenFiles {
  private readonly byName = new Map<string, OpenFile>();
  /** Open files that have no name any more. */
  readonly orphans: FileHandle[] = [];

  constructor(private readonly view: RunView) {}

  async open(possible: Possible | undefined, operation: Named): Promise<void> {
    if (!possible?.isCertain || this.byName.has(operation.name)) return;
    const made = [...possible.local].map((old) => old ?? '');
    possible.expect(made);
    const path = `/${operation.name}`;
    const outcome = await this.view.calls.make(describe(operation), async () => {
      await this.view.fs.promises.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      return this.view.fs.promises.open(path, 'a');
    });
    if (outcome.code !== null) {
      possible.doubt(made);
      return this.view.calls.explain(outcome.code, describe(operation));
    }
    possible.acknowledge(made);
    this.byName.set(operation.name, { handle: outcome.value as FileHandle, name: operation.name });
  }

  async write(operation: Sized): Promise<void> {
    const opened = this.byName.get(operation.name);
    const possible = this.view.model.own.get(operation.name);
    if (!opened || !possible) return;
    const text = this.view.newContent(operation.size);
    const made = [...possible.local].map((old) => (old ?? '') + text);
    possible.expect(made);
    const outcome = await this.view.calls.make(describe(operation), () => opened.handle.appendFile(text));
    if (outcome.code === null) return possible.acknowledge(made);
    this.view.calls.explain(outcome.code, describe(operation));
    possible.doubt(made);
  }

  async sync(name: string, operation: RunOperation): Promise<void> {
    const opened = this.byName.get(name);
    const possible = this.view.model.own.get(name);
    if (!opened || !possible) return;
    const outcome = await this.view.calls.make(describe(operation), () => opened.handle.sync());
    if (outcome.code !== null) return this.view.calls.explain(outcome.code, describe(operation));
    possible.checkDurable((await storedIn(this.view.world, this.view.model.run))(name));
  }

  async close(name: string): Promise<void> {
    const opened = this.byName.get(name);
    if (!opened) return;
    this.byName.delete(name);
    const outcome = await this.view.calls.make(`close ${name}`, () => opened.handle.close());
    if (outcome.code !== null) this.view.calls.explain(outcome.code, `close ${name}`);
  }

  /** The name is no longer that of the file that is open under it. */
  forget(name: string): void {
    const opened = this.byName.get(name);
    if (!opened) return;
    opened.name = null;
    this.byName.delete(name);
    this.orphans.push(opened.handle);
  }

  /** The file has another name. */
  rename(from: string, to: string): void {
    this.forget(to);
    const opened = this.byName.get(from);
    if (!opened) return;
    this.byName.delete(from);
    opened.name = to;
    this.byName.set(to, opened);
  }

  async closeAll(): Promise<void> {
    for (const name of [...this.byName.keys()]) await this.close(name);
  }
}
