import { noCounters } from '../../../src/contract/counters.js';
import type { Entry } from '../../../src/contract/entry.js';
import { Failure } from '../../../src/contract/failure.js';
import {
  type Args,
  type Call,
  type Method,
  NO_CONTENTS,
  NO_ENDING,
  type Remote,
  type RemoteEvent,
  type Reply,
  type TakePage,
  type Value,
} from '../../../src/contract/remote.js';
import { MEMORY_SHAPE } from '../../store/helpers/memory-tree.js';
import { ScriptedChanges } from './scripted-changes.js';
import { ScriptedReads } from './scripted-reads.js';
import type { ScriptedServer } from './scripted-server.js';
import { ScriptedUploads } from './scripted-uploads.js';
import { ScriptedWire, type Step } from './scripted-wire.js';

interface ScriptedCall extends Call {
  isSettled: boolean;
  isCancelled: boolean;
  readonly name: string;
}

/**
 * The owner of the remote as a script plays it: nothing happens by itself. Whatever could happen next is a `Step`; a
 * test names the one it wants, or a seeded scheduler picks. A blocked caller (`wait`) lets the scheduler run steps
 * until its answer is in, as a real blocked thread lets the I/O thread run.
 */
export class ScriptedRemote implements Remote {
  readonly shape = MEMORY_SHAPE;
  readonly assertCanWait = (): void => {};
  readonly drainAtEnd = (): void => {};
  readonly want = (): void => {};
  readonly counters = noCounters;
  onEvent: (event: RemoteEvent) => void = () => {};
  contents = NO_CONTENTS;
  ending = NO_ENDING;
  /** Which of `count` steps happens next while a caller is blocked. */
  choose: (count: number) => number = () => 0;
  /** Why callers can't be blocked, or not any longer. */
  refusal: Failure | null = null;
  /** Called before each step that runs while a caller is blocked. */
  onBlockedStep: () => void = () => {};
  /** Paths whose PUT fails for good, as often as told. */
  readonly failingPuts: Map<string, number>;
  /** Every request that reached the server, by method. */
  readonly log: string[] = [];

  private readonly wire = new ScriptedWire();
  private readonly reads: ScriptedReads;
  private readonly uploads: ScriptedUploads;
  private readonly changes: ScriptedChanges;

  constructor(readonly server: ScriptedServer) {
    this.reads = new ScriptedReads(server, this.wire, this.log);
    this.uploads = new ScriptedUploads(
      server,
      this.log,
      () => this.contents,
      (event) => this.wire.sendBack(`event ${event.type}`, () => this.onEvent(event)),
    );
    this.failingPuts = this.uploads.failingPuts;
    this.changes = new ScriptedChanges(server, this.wire, this.uploads);
  }

  call<M extends Method>(method: M, args: Args<M>, commit: (reply: Reply<M>) => void, take?: TakePage): Call {
    const call: ScriptedCall = { isSettled: false, isCancelled: false, name: method };
    const answer = (reply: Reply<M>): void =>
      this.wire.sendBack(`reply ${method}`, () => {
        call.isSettled = true;
        commit(
          call.isCancelled && method === 'read' ? { ok: false, failure: new Failure('ECANCELED') } : reply,
        );
      });
    this.handle(
      method,
      args,
      (value) => answer({ ok: true, value }),
      (failure) => answer({ ok: false, failure }),
      (entries) => take && this.wire.sendBack('page of list', () => take(entries)),
    );
    return call;
  }

  cancel(call: Call): void {
    (call as ScriptedCall).isCancelled = true;
  }

  wait(call: Call): void {
    if (this.refusal) throw this.refusal;
    for (let guard = 0; !call.isSettled; guard++) {
      const steps = this.steps();
      const step = steps[this.choose(steps.length)];
      if (!step || guard > 100_000)
        throw new Error(`deadlock: nothing can answer '${(call as ScriptedCall).name}'`);
      this.onBlockedStep();
      step.run();
    }
  }

  /** All that could happen next. */
  steps(): Step[] {
    this.changes.settleWaiting();
    const steps = [...this.wire.steps(), ...this.uploads.steps()];
    for (const path of this.server.unfinalised) {
      steps.push({ name: `finalise ${path}`, run: () => this.server.finalise(path) });
    }
    return steps;
  }

  /** Runs the one step of this name. */
  run(name: string): void {
    const step = this.steps().find((candidate) => candidate.name === name);
    if (!step)
      throw new Error(
        `no step '${name}'; there are: ${
          this.steps()
            .map((each) => each.name)
            .join(', ') || 'none'
        }`,
      );
    step.run();
  }

  /** Runs steps, first come first served, until nothing is left (listings that lag stay so). */
  settle(): void {
    for (;;) {
      const step = this.steps().find(({ name }) => !name.startsWith('finalise'));
      if (!step) return;
      step.run();
    }
  }

  private handle<M extends Method>(
    method: M,
    args: Args<M>,
    ok: (value: Value<M>) => void,
    fail: (failure: Failure) => void,
    tell: (entries: readonly Entry[]) => unknown,
  ): void {
    const { changes, reads, uploads } = this;
    const reply = ok as (value: unknown) => void;
    if (method === 'lookup') reads.lookup(args as Args<'lookup'>, reply);
    else if (method === 'list') reads.list(args as Args<'list'>, reply, fail, tell);
    else if (method === 'page') reads.page(args as Args<'page'>, reply, fail);
    else if (method === 'read') reads.read(args as Args<'read'>, reply, fail);
    else if (method === 'readNewest') reads.readNewest(args as Args<'readNewest'>, reply, fail);
    else if (method === 'submit') {
      uploads.submit(args as Args<'submit'>);
      reply(null);
    } else if (method === 'flush') changes.flush(args as Args<'flush'>, reply);
    else if (method === 'remove') changes.remove(args as Args<'remove'>, reply);
    else if (method === 'rename') changes.rename(args as Args<'rename'>, reply, fail);
    else if (method === 'mkdir') changes.mkdir(args as Args<'mkdir'>, reply, fail);
    else if (method === 'rmdir') fail(new Failure('EPERM'));
    else reply(null);
  }
}
