import type { Failure } from '../../contract/failure.js';
import type { Args, Method, RemoteEvent, Reply } from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Left } from '../left.js';
import type { Submission } from '../upload/upload.js';

/** A submission that isn't durable. */
export type Submitted = Submission & {
  /** Why it isn't, after an upload that failed. */
  readonly failure: Failure | null;
};

/**
 * What was handed to the owner and isn't durable, as this side of the port knows it: what must be sent before the
 * process exits, and what another owner takes over if this one dies. Each submission leaves by an event of the owner's;
 * a failed one stays, as it does there.
 */
export class Ledger {
  private readonly entries = new Map<string, Submitted>();
  private countWaiting = 0;

  /** @param onChange something has become pending, or isn't any more */
  constructor(private readonly onChange: () => void) {}

  /** Something is queued or on its way. */
  get isBusy(): boolean {
    return this.countWaiting > 0;
  }

  /** How much isn't durable, whether it waits or has failed. */
  get size(): number {
    return this.entries.size;
  }

  get isPending(): boolean {
    return this.size > 0;
  }

  /** In the order in which they were handed over. */
  get all(): readonly Submitted[] {
    return [...this.entries.values()];
  }

  /**
   * @param otherwise why what has not failed is left
   * @param isKept a journal has it
   */
  left(otherwise: string, isKept: boolean): readonly Left[] {
    return this.all.map(({ path, failure }) => ({
      path,
      reason: failure ? (failure.detail ?? failure.cause ?? failure.code) : otherwise,
      isKept,
    }));
  }

  onCall<M extends Method>(method: M, args: Args<M>): void {
    if (isCallOf('submit', method, args)) this.add(args);
    else if (isCallOf('rename', method, args)) this.rename(args.moves.map(({ ino, to }) => [ino, to]));
  }

  onReply<M extends Method>(method: M, args: Args<M>, reply: Reply<M>): void {
    if (isCallOf('submit', method, args) && !reply.ok) this.remove(args.ino, args.generation);
    if (isCallOf('rename', method, args) && !reply.ok) {
      // What isn't renamed is still to be sent under its old name.
      this.rename(args.moves.map(({ ino, from }) => [ino, from]));
    }
  }

  onEvent(event: RemoteEvent): void {
    if (event.type === 'uploaded' || event.type === 'dropped') this.remove(event.ino, event.generation);
    else if (event.type === 'failed') this.fail(event.ino, event.generation, event.failure);
  }

  /** The owner has ended as it was asked to. */
  clear(): void {
    this.entries.clear();
    this.countWaiting = 0;
    this.onChange();
  }

  private rename(pathsByIno: readonly (readonly [number, TreePath])[]): void {
    const paths = new Map(pathsByIno);
    for (const [key, entry] of this.entries) {
      const path = paths.get(entry.ino);
      if (path !== undefined) this.entries.set(key, { ...entry, path });
    }
  }

  private fail(ino: number, generation: number, failure: Failure): void {
    const key = keyOf(ino, generation);
    const entry = this.entries.get(key);
    if (!entry) return;
    if (!entry.failure) this.countWaiting--;
    this.entries.set(key, { ...entry, failure });
  }

  private add(submission: Submission): void {
    this.remove(submission.ino, submission.generation);
    this.entries.set(keyOf(submission.ino, submission.generation), { ...submission, failure: null });
    this.countWaiting++;
    this.onChange();
  }

  private remove(ino: number, generation: number): void {
    const key = keyOf(ino, generation);
    const entry = this.entries.get(key);
    if (entry && !entry.failure) this.countWaiting--;
    if (this.entries.delete(key)) this.onChange();
  }
}

function isCallOf<N extends Method>(wanted: N, method: Method, _args: Args<Method>): _args is Args<N> {
  return method === wanted;
}

const keyOf = (ino: number, generation: number): string => `${ino}:${generation}`;
