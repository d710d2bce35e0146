import type { TreePath } from '../store/contract.js';
import type { Args, Method, RemoteEvent, Reply } from './remote.js';

interface Submitted {
  readonly ino: number;
  readonly generation: number;
  path: TreePath;
  hasFailed: boolean;
}

/**
 * What was handed to the owner and isn't durable, as this side of the port knows it: what must be sent before the
 * process exits, and what is lost if the owner dies. Each submission leaves by an event of the owner's; a failed one
 * stays, as it does there.
 */
export class Ledger {
  private readonly entries = new Map<string, Submitted>();
  private countWaiting = 0;

  /** Something is queued or on its way. */
  get isBusy(): boolean {
    return this.countWaiting > 0;
  }

  get all(): readonly Readonly<Submitted>[] {
    return [...this.entries.values()];
  }

  onCall<M extends Method>(method: M, args: Args<M>): void {
    if (isCallOf('submit', method, args)) this.add(args);
    else if (isCallOf('rename', method, args)) {
      const paths = new Map(args.moves.map(({ ino, to }) => [ino, to]));
      for (const entry of this.entries.values()) entry.path = paths.get(entry.ino) ?? entry.path;
    }
  }

  onReply<M extends Method>(method: M, args: Args<M>, reply: Reply<M>): void {
    if (isCallOf('submit', method, args) && !reply.ok) this.remove(args.ino, args.generation);
    if (isCallOf('remove', method, args) && reply.ok) {
      const removed = new Set(args.files.map(({ ino }) => ino));
      this.removeFailed(({ ino }) => removed.has(ino));
    }
  }

  onEvent(event: RemoteEvent): void {
    if (event.type === 'uploaded' || event.type === 'dropped') this.remove(event.ino, event.generation);
    else if (event.type === 'failed') this.fail(event.ino, event.generation);
  }

  fail(ino: number, generation: number): void {
    const entry = this.entries.get(keyOf(ino, generation));
    if (!entry || entry.hasFailed) return;
    entry.hasFailed = true;
    this.countWaiting--;
  }

  private add({ ino, generation, path }: Args<'submit'>): void {
    this.removeFailed((entry) => entry.ino === ino || entry.path === path);
    this.remove(ino, generation);
    this.entries.set(keyOf(ino, generation), { ino, generation, path, hasFailed: false });
    this.countWaiting++;
  }

  /** What failed because its owner died isn't dropped by the present owner. */
  private removeFailed(isGone: (entry: Submitted) => boolean): void {
    if (this.entries.size === this.countWaiting) return;
    for (const entry of [...this.entries.values()]) {
      if (entry.hasFailed && isGone(entry)) this.remove(entry.ino, entry.generation);
    }
  }

  private remove(ino: number, generation: number): void {
    const key = keyOf(ino, generation);
    const entry = this.entries.get(key);
    if (entry && !entry.hasFailed) this.countWaiting--;
    this.entries.delete(key);
  }
}

function isCallOf<N extends Method>(wanted: N, method: Method, _args: Args<Method>): _args is Args<N> {
  return method === wanted;
}

const keyOf = (ino: number, generation: number): string => `${ino}:${generation}`;
