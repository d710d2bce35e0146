import type { FaultLane } from 'wandb-fs/testing';
import type { Possible } from './possible.js';
import { describe, type RunOperation } from './run-steps.js';
import type { Named, RunView } from './run-view.js';
import { Violation } from './violations.js';

/** One client's looks at a run: what they show must be what the model allows. */
export class RunReads {
  constructor(
    private readonly view: RunView,
    /** What breaks its connections, and everybody's. */
    private readonly lane: FaultLane,
  ) {}

  async read(operation: Named): Promise<void> {
    const { name } = operation;
    const outcome = await this.view.calls.make(describe(operation), () =>
      this.view.isSync
        ? Promise.resolve(this.view.fs.readFileSync(`/${name}`, 'utf8'))
        : this.view.fs.promises.readFile(`/${name}`, 'utf8'),
    );
    const isMine = this.view.isMine(name);
    if (outcome.code !== null && outcome.code !== 'ENOENT')
      return this.view.calls.explain(outcome.code, describe(operation), isMine ? [] : ['ESTALE']);
    const seen = outcome.code === null ? String(outcome.value) : null;
    const how = `${this.view.actor}: ${describe(operation)}`;
    const possible = this.view.model.own.get(name);
    const known = possible ?? this.view.model.shared.get(name);
    // A wrong byte that the storage took and lists is what others read, until its writer has sent it again: nobody can tell.
    if (!isMine && known?.isCorrupted(seen) && (await this.hasCorruptUpload(name))) return;
    this.view.model.shared.get(name)?.read(seen, how);
    if (isMine) possible?.read(seen, how);
    else possible?.readElsewhere(this.view.actor, seen, how);
  }

  private async hasCorruptUpload(name: string): Promise<boolean> {
    const { hits } = await this.lane.counts();
    return hits.some(
      ({ path, fault }) =>
        fault.kind === 'corrupt' &&
        fault.what === 'request' &&
        path.endsWith(`${this.view.model.run}/${name}`),
    );
  }

  async stat(possible: Possible | undefined, operation: Named): Promise<void> {
    if (!possible) return;
    const outcome = await this.view.calls.make(describe(operation), () =>
      this.view.fs.promises.stat(`/${operation.name}`),
    );
    if (!this.view.isMine(operation.name)) {
      if (outcome.code !== null && outcome.code !== 'ENOENT')
        this.view.calls.explain(outcome.code, describe(operation));
      return;
    }
    if (outcome.code === 'ENOENT') return possible.read(null, `${this.view.actor}: ${describe(operation)}`);
    if (outcome.code !== null) return this.view.calls.explain(outcome.code, describe(operation));
    const { size } = outcome.value as { size: number };
    if (![...possible.local].some((content) => content !== null && Buffer.byteLength(content) === size))
      throw new Violation('wrong', `${this.view.actor}: ${describe(operation)} tells ${size} bytes`);
  }

  async list(directory: string, operation: RunOperation): Promise<void> {
    const outcome = await this.view.calls.make(describe(operation), () =>
      this.view.fs.promises.readdir(`/${directory}`),
    );
    const below = this.view.mine().filter(({ name }) => name.startsWith(`${directory}/`));
    if (outcome.code === 'ENOENT') {
      const missing = below.find((possible) => possible.isThere);
      if (missing)
        throw new Violation('errno', `${describe(operation)}: ENOENT, but ${missing.name} is there`);
      return;
    }
    if (outcome.code !== null) return this.view.calls.explain(outcome.code, describe(operation));
    const names = outcome.value as string[];
    for (const possible of below) {
      const rest = possible.name.slice(directory.length + 1);
      const isListed = names.includes(rest);
      if (rest.includes('/') || (isListed ? !possible.isAbsent : !possible.isThere)) continue;
      throw new Violation(
        'wrong',
        `${this.view.actor}: ${describe(operation)} ${isListed ? 'shows' : 'lacks'} ${possible.name}`,
      );
    }
  }
}
