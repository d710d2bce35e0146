import fc from 'fast-check';
import { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import { UploadQueue } from '../../src/io/upload/queue.js';
import type { Upload } from '../../src/io/upload/upload.js';
import { expectEqual } from '../helpers/equal.js';

const PATHS = ['u/a', 'u/b', 'v/c'];

/** What happens next: by the kernel, on the wire, or by the clock. `pick` chooses among what is possible. */
type Step =
  | { readonly kind: 'submit'; readonly path: number }
  | { readonly kind: 'remove'; readonly path: number }
  | { readonly kind: 'replace'; readonly from: number; readonly to: number }
  | {
      readonly kind: 'ripen' | 'flush' | 'take' | 'arrive' | 'settle' | 'fail' | 'abort';
      readonly pick: number;
    };

const path = fc.nat(PATHS.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('submit' as const), path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replace' as const), from: path, to: path }) },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constantFrom('ripen', 'flush', 'take', 'arrive', 'settle', 'fail', 'abort'),
      pick: fc.nat(7),
    }),
  },
);

/** A server that takes what arrives, a kernel that numbers what it writes, and the queue between them. */
class World {
  /** What the last submission of each path says; null: removed. */
  readonly expected = new Map<string, number | null>();
  readonly server = new Map<string, number>();
  private readonly newest = new Map<string, number>();
  private readonly settledOutcomes = new Map<number, string>();
  private onTheWay: Upload[] = [];
  private readonly arrived = new Set<Upload>();
  private serial = 0;
  /** When each generation came under its present name. */
  private readonly named = new Map<number, number>();
  private clock = 0;
  readonly queue = new UploadQueue({
    unitOf: (name) => treePath(name.slice(0, 1)),
    onSettled: ({ generation }, outcome) => {
      const before = this.settledOutcomes.get(generation);
      if (before === 'durable' || before === 'dropped') throw new Error(`${generation} settled twice`);
      this.settledOutcomes.set(generation, outcome);
    },
  });

  run(step: Step): void {
    if (step.kind === 'submit') this.submit(nameAt(step.path));
    else if (step.kind === 'remove') this.remove(nameAt(step.path));
    else if (step.kind === 'replace') this.replace(nameAt(step.from), nameAt(step.to));
    else if (step.kind === 'ripen') this.queue.ripen(null, { isFlush: false });
    else if (step.kind === 'flush') this.queue.ripen(null, { isFlush: true });
    else if (step.kind === 'take') this.take(step.pick + 1);
    else this.proceed(step.kind, this.onTheWay[step.pick % this.onTheWay.length]);
    this.checkAbort();
  }

  /** Lets everything happen that can, without failures. */
  finish(): void {
    for (let round = 0; round < 20; round++) {
      this.queue.ripen(null, { isFlush: true });
      this.take(100);
      for (const upload of [...this.onTheWay]) this.proceed('settle', upload);
    }
  }

  get unsettled(): number[] {
    return Array.from({ length: this.serial }, (_, index) => index + 1).filter((generation) => {
      const outcome = this.settledOutcomes.get(generation);
      return outcome !== 'durable' && outcome !== 'dropped';
    });
  }

  /** Every submission is of an inode of its own, so that only paths replace each other. */
  private submit(name: string): void {
    const generation = ++this.serial;
    this.expected.set(name, generation);
    this.named.set(generation, ++this.clock);
    this.queue.submit({
      ino: generation,
      generation,
      path: treePath(name),
      source: { kind: 'held', id: generation, size: 0 },
    });
  }

  /** As the owner does it: hold, wait until nothing is on its way, delete, drop what was queued, release. */
  private remove(name: string): void {
    const queued = this.queue.queuedAt(treePath(name));
    this.queue.leased.add(treePath(name));
    for (const upload of this.onTheWay.filter((each) => each.path === name)) {
      this.proceed(this.queue.toAbort(treePath(name)) === upload ? 'abort' : 'settle', upload);
    }
    for (const upload of [queued, this.queue.queuedAt(treePath(name))]) if (upload) this.queue.drop(upload);
    this.server.delete(name);
    this.newest.delete(name);
    this.queue.declared.delete(treePath(name));
    this.queue.leased.remove(treePath(name));
    this.expected.set(name, null);
  }

  /** `rename` of a file that the server was never told of. */
  private replace(from: string, to: string): void {
    const queued = this.queue.queuedAt(treePath(from));
    if (!queued || from === to || !this.queue.rekey(queued.ino, treePath(from), treePath(to))) return;
    this.expected.set(from, null);
    this.expected.set(to, queued.generation);
    this.named.set(queued.generation, ++this.clock);
  }

  private take(most: number): void {
    for (const upload of this.queue.take(most).flat()) {
      if (this.onTheWay.some((other) => other.path === upload.path))
        throw new Error('two uploads of one path');
      this.onTheWay.push(upload);
    }
  }

  private proceed(kind: 'arrive' | 'settle' | 'fail' | 'abort', upload: Upload | undefined): void {
    if (!upload) return;
    if (kind === 'abort') {
      if (this.queue.toAbort(upload.path) === upload) this.end(upload, () => this.queue.aborted(upload));
      return;
    }
    if (kind === 'fail') {
      this.end(upload, () => this.queue.failed(upload, new Failure('EIO')));
      return;
    }
    if (!this.arrived.has(upload)) this.arrive(upload);
    if (kind === 'settle') this.end(upload, () => this.queue.durable(upload));
  }

  private arrive(upload: Upload): void {
    const at = this.named.get(upload.generation) ?? 0;
    if (at < (this.newest.get(upload.path) ?? 0))
      throw new Error(`${upload.generation} overwrites newer content`);
    this.newest.set(upload.path, at);
    this.queue.sent(upload);
    this.server.set(upload.path, upload.generation);
    this.arrived.add(upload);
  }

  private end(upload: Upload, tell: () => void): void {
    this.onTheWay = this.onTheWay.filter((each) => each !== upload);
    this.arrived.delete(upload);
    tell();
  }

  private checkAbort(): void {
    for (const name of PATHS) {
      const upload = this.queue.toAbort(treePath(name));
      if (upload && this.arrived.has(upload))
        throw new Error('an upload is aborted after its body has arrived');
    }
  }
}

const nameAt = (index: number): string => PATHS[index] ?? '';

test('whatever happens in between, the server ends up with what was submitted last', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const world = new World();
      for (const each of steps) world.run(each);
      world.finish();
      for (const [name, generation] of world.expected) {
        expectEqual([name, world.server.get(name) ?? null], [name, generation]);
      }
      expectEqual(world.queue.isIdle, true);
      expectEqual(world.unsettled, []);
    }),
    { numRuns: 2000 },
  );
});
