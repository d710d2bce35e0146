import { types } from 'node:util';
import type { MessagePort, Transferable } from 'node:worker_threads';
import type { EntryColumns } from '../contract/entry-columns.js';
import { type Entries, EntryPage } from '../contract/entry-page.js';
import { Failure } from '../contract/failure.js';
import type { Args, Method, RemoteEvent, Reply, Value } from '../contract/remote.js';
import type { TreePath } from '../contract/tree-path.js';
import type { OpenSource } from '../contract/uploads.js';
import type { StoreChoice } from './owner/store-choice.js';
import type { UploadOptions } from './upload/uploader.js';

/**
 * Where in its counter a thread counts its heartbeats, and how often. A thread that was terminated, or is out of memory,
 * has no last word: who is blocked looks whether its heart still beats.
 */
export const HEARTBEAT = 1;
export const HEARTBEAT_MS = 100;

/** What the owner's thread is started with. */
export interface ThreadData extends UploadOptions {
  readonly port: MessagePort;
  /** Counts the messages that the owner's thread has sent, for which a blocked thread waits, and its heartbeats. */
  readonly counter: SharedArrayBuffer;
  /** Where its owner counts its requests. */
  readonly counts: SharedArrayBuffer;
  readonly store: StoreChoice;
  /** Names that a former owner may have declared to the server. */
  readonly declared: readonly TreePath[];
}

/** From the kernel's thread to the owner's; those of one turn come in one message. */
export type Request =
  | {
      readonly type: 'call';
      readonly id: number;
      readonly method: Method;
      readonly args: Args<Method>;
      /** What comes of a listing before its reply is told. @default false: all of it is the reply */
      readonly isPaged?: boolean;
    }
  | { readonly type: 'cancel'; readonly id: number }
  /** A page of a listing was taken: another may come. */
  | { readonly type: 'taken'; readonly id: number }
  | ({ readonly type: 'content'; readonly opening: number } & PackedContent);

/** What the kernel's thread has of a snapshot. */
export type Opened =
  | { readonly ok: true; readonly source: OpenSource }
  | { readonly ok: false; readonly failure: Failure };

/** From the owner's thread to the kernel's. */
export type Answer =
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly reply: Reply<Method>;
      /** The entries of its listing, which are left out of it. */
      readonly packed?: EntryColumns | undefined;
      /** What was read, which is left out of it. */
      readonly bytes?: ArrayBuffer | undefined;
    }
  /** Of a listing, before its reply. */
  | { readonly type: 'page'; readonly id: number; readonly packed: EntryColumns }
  | { readonly type: 'event'; readonly event: RemoteEvent }
  /** The owner is about to read what was handed over as `id`. */
  | { readonly type: 'open'; readonly opening: number; readonly id: number }
  | { readonly type: 'close'; readonly id: number }
  /** The thread ends; `isOther`: what was started isn't the owner's thread at all. */
  | { readonly type: 'gone'; readonly detail: string; readonly isOther?: boolean };

interface PackedContent {
  readonly content: Opened;
  /** Those of the content, which are left out of it. */
  readonly bytes?: ArrayBuffer | undefined;
}

/** In place of bytes that go beside what they belong to. */
const NO_BYTES = new Uint8Array(0);

/**
 * Bytes go to the other side, they aren't copied; without a view of them, for Deno looks through each index of one: a tenth of a
 * second of a core for a megabyte. An fd is the whole process's.
 */
export function packContent(content: Opened): PackedContent & { readonly transfers: Transferable[] } {
  if (!content.ok || content.source.kind === 'file') return { content, transfers: [] };
  const bytes = owned(content.source.bytes).buffer;
  return { content: { ok: true, source: { kind: 'bytes', bytes: NO_BYTES } }, bytes, transfers: [bytes] };
}

export function unpackContent({ content, bytes }: PackedContent): Opened {
  return bytes ? { ok: true, source: { kind: 'bytes', bytes: new Uint8Array(bytes) } } : unpack(content);
}

interface PackedReply {
  readonly reply: Reply<Method>;
  readonly packed?: EntryColumns;
  readonly bytes?: ArrayBuffer;
  readonly transfers: Transferable[];
}

export function packReply(method: Method, reply: Reply<Method>): PackedReply {
  if (!reply.ok) return { reply, transfers: [] };
  if (method === 'read' || method === 'readNewest') {
    const value = reply.value as Value<'read'>;
    const bytes = owned(value.bytes).buffer;
    return { reply: { ok: true, value: { ...value, bytes: NO_BYTES } }, bytes, transfers: [bytes] };
  }
  const listed = listedIn(method, reply.value);
  if (listed === null) return { reply, transfers: [] };
  const packed = EntryPage.of(listed.entries).columns;
  return { reply: { ok: true, value: listed.with([]) }, packed, transfers: [] };
}

/** What an answer lists, and the answer with something else in its place; null: it lists nothing. */
function listedIn(
  method: Method,
  value: Value<Method>,
): { readonly entries: Entries; with(entries: Entries): Value<Method> } | null {
  if (method === 'list' || method === 'page') {
    const page = value as Value<'list' | 'page'>;
    return { entries: page.entries, with: (entries) => ({ ...page, entries }) };
  }
  const found = method === 'lookup' ? (value as Value<'lookup'>) : null;
  if (!found?.listing) return null;
  const { listing } = found;
  return { entries: listing.entries, with: (entries) => ({ ...found, listing: { ...listing, entries } }) };
}

/** What came from the other thread: failures cross as plain data, and are made anew. */
export function unpack<T extends object>(message: T): T {
  if (!('failure' in message)) return message;
  const { code, detail, cause } = message.failure as Failure;
  return { ...message, failure: new Failure(code, detail, cause) };
}

export function unpackReply(
  method: Method,
  { reply, packed, bytes }: Pick<Extract<Answer, { type: 'reply' }>, 'reply' | 'packed' | 'bytes'>,
): Reply<Method> {
  if (!reply.ok) return unpack(reply);
  if (bytes) return { ok: true, value: { ...(reply.value as Value<'read'>), bytes: new Uint8Array(bytes) } };
  if (packed)
    return { ok: true, value: listedIn(method, reply.value)?.with(new EntryPage(packed)) ?? reply.value };
  if (method !== 'flush') return reply;
  const { failed } = reply.value as Value<'flush'>;
  return { ok: true, value: { failed: failed.map((upload) => unpack(upload)) } };
}

/** What was thrown, as a Failure. What no layer below expected is EIO, with its message as the cause. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const { code, message } =
    thrown instanceof Error ? (thrown as NodeJS.ErrnoException) : { code: '', message: String(thrown) };
  const text = code && !message.includes(code) ? `${code}: ${message}` : message;
  return new Failure('EIO', 'Something unexpected went wrong.', withoutQueries(text));
}

/** A signed URL's query is a secret. */
const withoutQueries = (text: string): string =>
  text.replace(/(\bhttps?:\/\/[^\s?#'"]*)[?#][^\s'"]*/gi, '$1');

/** Bytes that own all of their memory; the pool that small Buffers share can't be given away. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  const isOwned = types.isArrayBuffer(buffer) && buffer.byteLength === byteLength;
  return isOwned ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
