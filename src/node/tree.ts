import { EventEmitter } from 'node:events';
import { Failure } from '../contract/failure.js';
import type { TreePath } from '../contract/tree-path.js';
import { atEnd } from '../kernel/operation/at-end.js';
import { Freshness, type Operation } from '../kernel/operation/operation.js';
import type { Kernel } from '../kernel/syscalls.js';
import { asPath, type Mount, Place } from './arguments/paths.js';
import {
  type AsyncComposite,
  type Composite,
  driveHere,
  driveRest,
  invoke,
  type Pause,
  type Step,
} from './composites/driver.js';
import { publish } from './wandb/events.js';
import { emitUpload, type UploadEvents, UploadWarnings } from './wandb/uploads.js';
import { Changes } from './watching/changes.js';

/** What all faces of one tree share: the kernel, made at the first use that needs it, and the calls on their way. */
export class Connection {
  readonly calls = new Calls();
  /** It, as it is seen at each of its mount points. */
  readonly trees: Tree[] = [];
  readonly #connect: () => Kernel;
  readonly #warnings: UploadWarnings;
  #made: Kernel | null = null;
  #changes: Changes | null = null;
  #isEnded = false;

  /**
   * @param connect makes the kernel; it is called again if it threw
   * @param warn tells the user what no call can tell
   * @param debug tells what isn't worth a warning
   */
  constructor(
    connect: () => Kernel,
    warn: (message: string) => void,
    debug: (message: string) => void = () => {},
  ) {
    this.#connect = connect;
    this.#warnings = new UploadWarnings(warn, debug, this.trees);
  }

  /** The kernel, if anybody has used it. */
  get made(): Kernel | null {
    return this.#made;
  }

  get kernel(): Kernel {
    if (this.#isEnded) throw new Failure('EBADF', 'This fs object was closed; create another one.');
    if (this.#made === null) {
      this.#made = this.#connect();
      this.#made.onEvent((event) => {
        this.#warnings.hear(event);
        publish(event, (path) => this.trees[0]?.mount.show(path) ?? path);
        for (const tree of this.trees) emitUpload(tree, event);
      });
    }
    return this.#changes?.through(this.#made) ?? this.#made;
  }

  /** What watchers listen to. */
  get changes(): Changes {
    this.#changes ??= new Changes();
    return this.#changes;
  }

  /** Nobody watches any more. A tree that was never used isn't used after its end. */
  end(): void {
    this.#isEnded = this.#made === null;
    this.#changes?.end();
  }
}

/** The calls on their way. The end of the fs object waits for them: a `writeFile` isn't cut off behind its `open`. */
export class Calls {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * Drives a call: to its last turn, where everything is here, else to a promise of what it gives.
   *
   * @param first its first turn, where the caller has taken it already
   * @param freshness of the walk that it is a step of
   */
  begin<T>(
    composite: AsyncComposite<T>,
    first?: IteratorResult<Step | Pause, T>,
    freshness = new Freshness(),
  ): IteratorReturnResult<T> | Promise<T> {
    try {
      const outcome = driveHere(composite, first, freshness);
      return 'done' in outcome ? outcome : this.follow(driveRest(composite, outcome, freshness));
    } finally {
      if (atEnd.due) atEnd.drain();
    }
  }

  async drive<T>(
    composite: AsyncComposite<T>,
    first?: IteratorResult<Step | Pause, T>,
    freshness?: Freshness,
  ): Promise<T> {
    const end = this.begin(composite, first, freshness);
    return 'done' in end ? end.value : end;
  }

  private async follow<T>(call: Promise<T>): Promise<T> {
    this.running++;
    try {
      return await call;
    } finally {
      this.running--;
      if (this.running === 0) for (const wake of this.waiting.splice(0)) wake();
    }
  }

  whenNone(): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** What every call of one fs object works on: a place in the caller's namespace, and what is shared with other places. */
export class Tree {
  readonly calls: Calls;
  readonly uploads = new EventEmitter<UploadEvents>();

  /**
   * @param appUrl `https://wandb.ai`, or the app's address beside another server
   * @param isHeard somebody may listen to its uploads
   */
  constructor(
    readonly connection: Connection,
    readonly mount: Mount,
    readonly appUrl: () => string,
    isHeard = true,
  ) {
    this.calls = connection.calls;
    if (isHeard) connection.trees.push(this);
  }

  /** The whole of it at '/', whatever part of it is shown where. */
  whole(): Tree {
    return new Tree(this.connection, this.mount.whole(), this.appUrl, false);
  }

  /** Made at the first use: configuring and connecting wait until somebody calls. */
  get kernel(): Kernel {
    return this.connection.kernel;
  }
}

/** Checks a path argument and locates it. */
export const placeOf = (tree: Tree, path: unknown, name?: string): Place =>
  new Place(tree.mount, asPath(path, name), (op, at) => tree.kernel.missing(op, at));

/** Why nothing is at a place, for who is told that. `isMaking`: something was to be made there. */
export const explaining =
  (place: Place, isMaking = false): NonNullable<Step['explain']> =>
  (op) =>
    place.whyMissing(op, isMaking);

/**
 * One primitive on a place. Where the place is comes first: one outside the mount fails before a kernel is even made.
 */
export const stepAt = <T>(
  syscall: string,
  place: Place,
  run: (op: Operation, path: TreePath) => T,
  { signal, explain }: Pick<Step, 'signal' | 'explain'> = {},
): Step<T> => ({ syscall, path: place.given, signal, explain, run: (op) => run(op, place.tree) });

export const probeAt = <T>(...step: Parameters<typeof stepAt<T>>): Composite<T> => invoke(stepAt(...step));

/** As `probeAt`, for a caller who is told why nothing is there. */
export const invokeAt = <T>(
  syscall: string,
  place: Place,
  run: (op: Operation, path: TreePath) => T,
  { signal, isMaking }: { readonly signal?: AbortSignal | undefined; readonly isMaking?: boolean } = {},
): Composite<T> => probeAt(syscall, place, run, { signal, explain: explaining(place, isMaking) });

/** What is taken from one place and made at the other. */
export const invokeOnBoth = <T>(
  syscall: string,
  from: Place,
  to: Place,
  run: (op: Operation, from: TreePath, to: TreePath) => T,
): Composite<T> =>
  invoke({
    syscall,
    path: from.given,
    dest: to.given,
    explain: (op) => from.whyMissing(op, false) ?? to.whyMissing(op, true),
    run: (op) => run(op, from.tree, to.tree),
  });
