import { readSync } from 'node:fs';
import { noCounters } from '../../../src/contract/counters.js';
import type { Entry } from '../../../src/contract/entry.js';
import { Failure } from '../../../src/contract/failure.js';
import {
  type Args,
  type Call,
  type Handed,
  type Method,
  type Move,
  NO_CONTENTS,
  NO_ENDING,
  type Remote,
  type RemoteEvent,
  type Reply,
  type TakePage,
  type Value,
} from '../../../src/contract/remote.js';
import { treePath } from '../../../src/contract/tree-path.js';
import { MEMORY_SHAPE } from '../../store/helpers/memory-tree.js';
import { md5Of, type ScriptedServer } from './scripted-server.js';

/** One thing that can happen next, elsewhere: on the wire, at the server, or on the way back. */
export interface Step {
  readonly name: string;
  readonly run: () => void;
}

interface Upload {
  ino: number;
  generation: number;
  path: string;
  source: Handed;
  /** Read when it goes. */
  bytes: Uint8Array | null;
  state: 'queued' | 'putting' | 'stored' | 'failed';
}

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
  readonly failingPuts = new Map<string, number>();
  /** Every request that reached the server, by method. */
  readonly log: string[] = [];

  private readonly work: Step[] = [];
  private readonly outbox: Step[] = [];
  private uploads: Upload[] = [];
  /** Looked at after each step: work that waits for uploads to end. */
  private readonly waiting: (() => boolean)[] = [];

  constructor(readonly server: ScriptedServer) {}

  call<M extends Method>(method: M, args: Args<M>, commit: (reply: Reply<M>) => void, take?: TakePage): Call {
    const call: ScriptedCall = { isSettled: false, isCancelled: false, name: method };
    const answer = (reply: Reply<M>): void => {
      this.outbox.push({
        name: `reply ${method}`,
        run: () => {
          call.isSettled = true;
          commit(
            call.isCancelled && method === 'read' ? { ok: false, failure: new Failure('ECANCELED') } : reply,
          );
        },
      });
    };
    this.handle(
      method,
      args,
      (value) => answer({ ok: true, value }),
      (failure) => answer({ ok: false, failure }),
      (entries) => take && this.outbox.push({ name: 'page of list', run: () => take(entries) }),
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

  /** All that could happen next. Replies and events arrive in the order in which they were sent. */
  steps(): Step[] {
    this.settleWaiting();
    const steps = [...this.work.map((step) => this.consuming(this.work, step))];
    const [first] = this.outbox;
    if (first) steps.push(this.consuming(this.outbox, first));
    for (const upload of this.uploads) steps.push(...this.uploadSteps(upload));
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

  private consuming(list: Step[], step: Step): Step {
    return {
      name: step.name,
      run: () => {
        list.splice(list.indexOf(step), 1);
        step.run();
      },
    };
  }

  private handle<M extends Method>(
    method: M,
    args: Args<M>,
    ok: (value: Value<M>) => void,
    fail: (failure: Failure) => void,
    tell: (entries: readonly Entry[]) => unknown,
  ): void {
    const { server } = this;
    const later = (name: string, run: () => void): void => {
      this.work.push({ name, run });
    };
    const reply = ok as (value: unknown) => void;
    // What a question finds and when its answer is back are two moments: other answers may overtake it.
    const answerLater = (value: unknown): void => later(`answer ${method}`, () => reply(value));
    if (method === 'lookup') {
      const { path, listing } = args as Args<'lookup'>;
      later(`lookup ${path}`, () => {
        this.log.push('lookup');
        answerLater(server.lookup(path, listing));
      });
    } else if (method === 'list') {
      const { path, after } = args as Args<'list'>;
      later(`list ${path}`, () => {
        this.log.push('list');
        const entries = server.list(path)?.slice(Number(after ?? 0));
        if (entries) {
          const size = server.toldSize;
          const tellFrom = (at: number): void =>
            later('answer list', () => {
              if (at + size >= entries.length) reply({ entries: entries.slice(at) });
              else {
                tell(entries.slice(at, at + size));
                tellFrom(at + size);
              }
            });
          tellFrom(0);
        } else fail(new Failure('ENOENT'));
      });
    } else if (method === 'page') {
      const { path, after } = args as Args<'page'>;
      later(`page ${path}`, () => {
        this.log.push('page');
        const page = server.page(path, after);
        if (page) answerLater(page);
        else fail(new Failure('ENOENT'));
      });
    } else if (method === 'read') {
      const request = args as Args<'read'>;
      later(`read ${request.entry.path}`, () => this.read(request, answerLater, fail));
    } else if (method === 'readNewest') {
      const { entry, limit } = args as Args<'readNewest'>;
      later(`readNewest ${entry.path}`, () => this.readNewest(entry, limit, answerLater, fail));
    } else if (method === 'submit') {
      const { ino, generation, path, source } = args as Args<'submit'>;
      const isSame = (upload: Upload): boolean => upload.ino === ino && upload.generation === generation;
      // A failed one that a flush has sent again meanwhile is on its way already, and settles once.
      const isSuccessor = (upload: Upload): boolean =>
        !isBusy(upload) && !isSame(upload) && (upload.ino === ino || upload.path === path);
      if (
        this.uploads.some((upload) => isBusy(upload) && isSame(upload)) &&
        !this.uploads.some(isSuccessor)
      ) {
        reply(null);
        return;
      }
      // The same content handed over again, after a failure, is the same submission.
      this.uploads = this.uploads.filter((upload) => isBusy(upload) || !isSame(upload));
      this.drop((upload) => !isBusy(upload) && (upload.ino === ino || upload.path === path));
      this.uploads.push({ ino, generation, path, source, bytes: null, state: 'queued' });
      reply(null);
    } else if (method === 'flush') {
      this.flush((args as Args<'flush'>).inos, reply);
    } else if (method === 'remove') {
      const { files } = args as Args<'remove'>;
      this.remove(
        files.map(({ path }) => path),
        () => reply(null),
      );
    } else if (method === 'rename') {
      this.rename((args as Args<'rename'>).moves, reply, fail);
    } else if (method === 'mkdir') {
      const { path } = args as Args<'mkdir'>;
      later(`mkdir ${path}`, () => {
        if (server.units.has(path)) {
          fail(new Failure('EEXIST'));
          return;
        }
        server.mkunit(path);
        const { found } = server.lookup(path, false);
        if (found && found !== 'prefix') reply(found);
      });
    } else if (method === 'rmdir') {
      fail(new Failure('EPERM'));
    } else {
      reply(null);
    }
  }

  private read(
    { entry, start, end, etag }: Args<'read'>,
    reply: (value: unknown) => void,
    fail: (failure: Failure) => void,
  ): void {
    this.log.push('read');
    const bytes = this.server.bytes.get(entry.path);
    if (!bytes) {
      fail(new Failure('ESTALE'));
      return;
    }
    const tag = md5Of(bytes);
    if (etag !== null && etag !== tag) {
      fail(new Failure('ESTALE'));
      return;
    }
    if (entry.md5 !== tag) {
      fail(new Failure('EBADMSG'));
      return;
    }
    reply({ bytes: new Uint8Array(bytes.subarray(start, end)), etag: tag, size: bytes.byteLength });
  }

  /** The storage vouches for what came by a PUT or a foreign write, not for what a test broke. */
  private readNewest(
    entry: Entry,
    limit: number,
    reply: (value: unknown) => void,
    fail: (failure: Failure) => void,
  ): void {
    this.log.push('readNewest');
    const bytes = this.server.bytes.get(entry.path);
    if (!bytes || bytes.byteLength > limit || this.server.broken.has(entry.path)) {
      fail(new Failure('EBADMSG'));
      return;
    }
    const md5 = md5Of(bytes);
    reply({ bytes: new Uint8Array(bytes), etag: md5, size: bytes.byteLength, md5 });
  }

  private uploadSteps(upload: Upload): Step[] {
    const { path } = upload;
    if (upload.state === 'queued' && !this.uploads.some((other) => other.path === path && isBusy(other))) {
      return [{ name: `send ${path}`, run: () => this.send(upload) }];
    }
    if (upload.state === 'putting') return [{ name: `put ${path}`, run: () => this.put(upload) }];
    if (upload.state === 'stored') return [{ name: `mark ${path}`, run: () => this.mark(upload) }];
    return [];
  }

  private send(upload: Upload): void {
    upload.bytes = this.bytesOf(upload.source);
    upload.state = 'putting';
  }

  private bytesOf({ id }: Handed): Uint8Array {
    const source = this.contents.open(id);
    try {
      if (source.kind === 'bytes') return source.bytes;
      const bytes = new Uint8Array(source.size);
      readSync(source.fd, bytes, 0, source.size, 0);
      return bytes;
    } finally {
      this.contents.close(id);
    }
  }

  private put(upload: Upload): void {
    this.log.push(`put ${upload.path}`);
    const failures = this.failingPuts.get(upload.path) ?? 0;
    if (failures > 0) {
      this.failingPuts.set(upload.path, failures - 1);
      upload.state = 'failed';
      // What was superseded while it was on its way is not tried again.
      const isSuperseded = this.uploads.some(
        (other) => other !== upload && (other.ino === upload.ino || other.path === upload.path),
      );
      if (isSuperseded) {
        this.drop((each) => each === upload);
        return;
      }
      const failure = new Failure('EIO', 'The storage refused the upload.', 'HTTP 403');
      this.emit({
        type: 'failed',
        path: treePath(upload.path),
        ino: upload.ino,
        generation: upload.generation,
        failure,
      });
      return;
    }
    this.server.store(upload.path, sentOf(upload));
    upload.state = 'stored';
  }

  private mark(upload: Upload): void {
    this.uploads.splice(this.uploads.indexOf(upload), 1);
    const entry: Entry = { ...this.server.entryFor(upload.path, sentOf(upload)), id: null };
    this.emit({
      type: 'uploaded',
      path: treePath(upload.path),
      ino: upload.ino,
      generation: upload.generation,
      entry,
    });
  }

  /** Gives uploads up that nobody wants any more, and says so. */
  private drop(isUnwanted: (upload: Upload) => boolean): void {
    for (const upload of this.uploads.filter(isUnwanted)) {
      this.uploads.splice(this.uploads.indexOf(upload), 1);
      const { path, ino, generation } = upload;
      this.emit({ type: 'dropped', path: treePath(path), ino, generation });
    }
  }

  private emit(event: RemoteEvent): void {
    this.outbox.push({ name: `event ${event.type}`, run: () => this.onEvent(event) });
  }

  private flush(inos: readonly number[] | null, reply: (value: unknown) => void): void {
    const isMine = (upload: Upload): boolean => inos === null || inos.includes(upload.ino);
    for (const upload of this.uploads)
      if (isMine(upload) && upload.state === 'failed') upload.state = 'queued';
    this.waiting.push(() => {
      const mine = this.uploads.filter(isMine);
      if (mine.some(({ state }) => state !== 'failed')) return false;
      reply({
        failed: mine.map(({ path }) => ({
          path,
          failure: new Failure('EIO', 'The storage refused the upload.'),
        })),
      });
      return true;
    });
  }

  /** What is queued is dropped, what is on its way ends first, then the server removes the names. */
  private remove(paths: readonly string[], done: () => void): void {
    this.waiting.push(() => {
      this.drop((upload) => !isBusy(upload) && paths.includes(upload.path));
      if (this.uploads.some(({ path }) => paths.includes(path))) return false;
      this.work.push({
        name: `delete ${paths.join()}`,
        run: () => {
          for (const path of paths) this.server.delete(path);
          done();
        },
      });
      return true;
    });
  }

  private rename(
    moves: readonly Move[],
    reply: (value: unknown) => void,
    fail: (failure: Failure) => void,
  ): void {
    const moved: { ino: number; entry: Entry | null }[] = [];
    const told: (Move & { bytes: Uint8Array | null })[] = [];
    for (const move of moves) {
      const queued = this.uploads.find(
        (upload) => upload.path === move.from && upload.ino === move.ino && !isBusy(upload),
      );
      const isBusyNow = this.uploads.some((upload) => upload.path === move.from && isBusy(upload));
      this.drop((upload) => upload !== queued && !isBusy(upload) && upload.path === move.to);
      if (queued && !isBusyNow && move.entry === null && !this.server.bytes.has(move.from)) {
        queued.path = move.to;
        moved.push({ ino: move.ino, entry: null });
      } else {
        const source = move.source ?? queued?.source ?? null;
        const bytes = source && this.bytesOf(source);
        if (queued) this.drop((upload) => upload === queued);
        told.push({ ...move, bytes });
      }
    }
    if (told.length === 0) {
      reply({ moved });
      return;
    }
    const names = new Set(told.flatMap(({ from, to }) => [from, to]));
    this.waiting.push(() => {
      if (this.uploads.some((upload) => names.has(treePath(upload.path)) && isBusy(upload))) return false;
      this.work.push({
        name: `move ${told.map(({ from, to }) => `${from} ${to}`).join()}`,
        run: () => {
          // A PUT that was on its way may have failed: its content is still in the queue.
          const kept = (move: Move): Upload | undefined =>
            this.uploads.find(({ path, ino }) => path === move.from && ino === move.ino);
          const contents = told.map((move) => {
            const queued = kept(move);
            return move.bytes ?? (queued && this.bytesOf(queued.source)) ?? this.server.bytes.get(move.from);
          });
          this.drop((upload) => told.some(({ from }) => upload.path === from));
          if (contents.some((bytes) => !bytes)) {
            fail(new Failure('ENOENT'));
            return;
          }
          told.forEach(({ ino, to }, index) => {
            const bytes = contents[index] ?? new Uint8Array();
            this.server.store(to, bytes);
            moved.push({ ino, entry: { ...this.server.entryFor(to, bytes), id: null } });
          });
          for (const { from } of told) this.server.delete(from);
          reply({ moved });
        },
      });
      return true;
    });
  }

  private settleWaiting(): void {
    for (let index = 0; index < this.waiting.length; ) {
      if (this.waiting[index]?.()) this.waiting.splice(index, 1);
      else index++;
    }
  }
}

const isBusy = ({ state }: Upload): boolean => state === 'putting' || state === 'stored';

function sentOf({ bytes }: Upload): Uint8Array {
  if (!bytes) throw new Error('nothing was sent');
  return bytes;
}
