import type { Entry } from '../../../src/contract/entry.js';
import { Failure } from '../../../src/contract/failure.js';
import type { Args, Method, Value } from '../../../src/contract/remote.js';
import { md5Of, type ScriptedServer } from './scripted-server.js';
import type { ScriptedWire } from './scripted-wire.js';

type Answer<M extends Method> = (value: Value<M>) => void;
type Fail = (failure: Failure) => void;

/** The questions of a scripted remote: what is there, and what is in it. */
export class ScriptedReads {
  constructor(
    private readonly server: ScriptedServer,
    private readonly wire: ScriptedWire,
    /** Every request that reached the server, by method. */
    private readonly log: string[],
  ) {}

  lookup({ path, listing }: Args<'lookup'>, reply: Answer<'lookup'>): void {
    this.wire.later(`lookup ${path}`, () => {
      this.log.push('lookup');
      this.answerLater('lookup', reply, this.server.lookup(path, listing));
    });
  }

  list(
    { path, after }: Args<'list'>,
    reply: Answer<'list'>,
    fail: Fail,
    tell: (entries: readonly Entry[]) => unknown,
  ): void {
    const { server, wire } = this;
    wire.later(`list ${path}`, () => {
      this.log.push('list');
      const entries = server.list(path)?.slice(Number(after ?? 0));
      if (entries) {
        const size = server.toldSize;
        const tellFrom = (at: number): void =>
          wire.later('answer list', () => {
            if (at + size >= entries.length) reply({ entries: entries.slice(at) });
            else {
              tell(entries.slice(at, at + size));
              tellFrom(at + size);
            }
          });
        tellFrom(0);
      } else fail(new Failure('ENOENT'));
    });
  }

  page({ path, after }: Args<'page'>, reply: Answer<'page'>, fail: Fail): void {
    this.wire.later(`page ${path}`, () => {
      this.log.push('page');
      const page = this.server.page(path, after);
      if (page) this.answerLater('page', reply, page);
      else fail(new Failure('ENOENT'));
    });
  }

  read({ entry, start, end, etag }: Args<'read'>, reply: Answer<'read'>, fail: Fail): void {
    this.wire.later(`read ${entry.path}`, () => {
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
      const window = new Uint8Array(bytes.subarray(start, end));
      this.answerLater('read', reply, { bytes: window, etag: tag, size: bytes.byteLength });
    });
  }

  /** The storage vouches for what came by a PUT or a foreign write, not for what a test broke. */
  readNewest({ entry, limit }: Args<'readNewest'>, reply: Answer<'readNewest'>, fail: Fail): void {
    this.wire.later(`readNewest ${entry.path}`, () => {
      this.log.push('readNewest');
      const bytes = this.server.bytes.get(entry.path);
      if (!bytes || bytes.byteLength > limit || this.server.broken.has(entry.path)) {
        fail(new Failure('EBADMSG'));
        return;
      }
      const md5 = md5Of(bytes);
      const whole = { bytes: new Uint8Array(bytes), etag: md5, size: bytes.byteLength, md5 };
      this.answerLater('readNewest', reply, whole);
    });
  }

  /** What a question finds and when its answer is back are two moments: other answers may overtake it. */
  private answerLater<M extends Method>(method: M, reply: Answer<M>, value: Value<M>): void {
    this.wire.later(`answer ${method}`, () => reply(value));
  }
}
