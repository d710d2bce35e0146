import { types } from 'node:util';
import type { MessagePort, Transferable } from 'node:worker_threads';
import type { Source } from '../store/contract.js';
import { Failure } from '../store/failure.js';
import type { Args, Method, RemoteEvent, Reply, Value } from './remote.js';
import type { StoreChoice } from './store-choice.js';
import type { UploadOptions } from './uploader.js';

/** What the owner's thread is started with. */
export interface ThreadData extends UploadOptions {
  readonly port: MessagePort;
  /** Counts the messages that the owner's thread has sent, for which a blocked thread waits, and the beats of its heart. */
  readonly counter: SharedArrayBuffer;
  readonly store: StoreChoice;
  /** Names that a former owner may have told the server. */
  readonly told: readonly string[];
}

/** From the kernel's thread to the owner's; those of one turn come in one message. */
export type Request =
  | { readonly type: 'call'; readonly id: number; readonly method: Method; readonly args: Args<Method> }
  | { readonly type: 'cancel'; readonly id: number };

/** From the owner's thread to the kernel's. */
export type Answer =
  | { readonly type: 'reply'; readonly id: number; readonly reply: Reply<Method> }
  | { readonly type: 'event'; readonly event: RemoteEvent }
  /** The thread ends. */
  | { readonly type: 'gone'; readonly detail: string };

/** Arguments with bytes that can be transferred: their memory goes to the other side, it isn't copied. */
export function packArgs<M extends Method>(
  method: M,
  args: Args<M>,
): { args: Args<M>; transfers: Transferable[] } {
  const transfers: Transferable[] = [];
  const pack = (source: Source): Source => {
    if (source.kind === 'file') return source;
    const bytes = owned(source.bytes);
    transfers.push(bytes.buffer);
    return { kind: 'bytes', bytes };
  };
  let packed: Args<Method> = args;
  if (method === 'submit') {
    const submission = args as Args<'submit'>;
    packed = { ...submission, source: pack(submission.source) };
  } else if (method === 'rename') {
    const { moves } = args as Args<'rename'>;
    packed = { moves: moves.map((move) => ({ ...move, source: move.source && pack(move.source) })) };
  } else if (method === 'commit') {
    const draft = args as Args<'commit'>;
    const files = draft.files.map((file) =>
      file.kind === 'content' ? { ...file, source: pack(file.source) } : file,
    );
    packed = { ...draft, files };
  }
  return { args: packed as Args<M>, transfers };
}

export function packReply(
  method: Method,
  reply: Reply<Method>,
): { reply: Reply<Method>; transfers: Transferable[] } {
  if ((method !== 'read' && method !== 'readNewest') || !reply.ok) return { reply, transfers: [] };
  const value = reply.value as Value<'read'>;
  const bytes = owned(value.bytes);
  return { reply: { ok: true, value: { ...value, bytes } }, transfers: [bytes.buffer] };
}

/** Failures cross as plain data and are made anew. */
export function unpackReply(method: Method, reply: Reply<Method>): Reply<Method> {
  if (!reply.ok) return { ok: false, failure: unpackFailure(reply.failure) };
  if (method !== 'flush') return reply;
  const failed = (reply.value as Value<'flush'>).failed.map(({ path, failure }) => ({
    path,
    failure: unpackFailure(failure),
  }));
  return { ok: true, value: { failed } };
}

export const unpackEvent = (event: RemoteEvent): RemoteEvent =>
  event.type === 'failed' ? { ...event, failure: unpackFailure(event.failure) } : event;

const unpackFailure = ({ code, detail, cause }: Failure): Failure => new Failure(code, detail, cause);

/** Bytes that own all of their memory; the pool that small Buffers share can't be given away. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  const isOwned = types.isArrayBuffer(buffer) && buffer.byteLength === byteLength;
  return isOwned ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
