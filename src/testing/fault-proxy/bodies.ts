import type { ProxyFault } from './faults.js';
import { Cut, type Lane } from './lane.js';

export type Chunks = AsyncIterable<Buffer>;

interface Altering {
  readonly lane: Lane;
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
  /** Bytes of the body, as far as they were announced. */
  readonly size: number;
}

/** The request's body as the server gets it. */
export function alteredRequest(chunks: Chunks, fault: ProxyFault | null, about: Altering): Chunks {
  if (fault?.kind === 'reset' && fault.at === 'body') return cutAfter(chunks, offsetOf(fault, about));
  if (fault?.kind === 'corrupt' && fault.what === 'request') return corrupted(chunks, offsetOf(fault, about));
  if (fault?.kind === 'slow' && fault.what === 'request') return slow(chunks, fault.bytesPerSecond, about);
  return chunks;
}

/** The answer's body as the client gets it; how a truncated one ends is the sender's part. */
export function alteredAnswer(chunks: Chunks, fault: ProxyFault | null, about: Altering): Chunks {
  switch (fault?.kind) {
    case 'truncate':
      return cutAfter(chunks, offsetOf(fault, about));
    case 'half':
      return firstBytes(chunks, Math.floor(about.size / 2));
    case 'stall':
      return fault.at === 'body' ? stalled(chunks, offsetOf(fault, about), fault.ms, about) : chunks;
    case 'corrupt':
      return fault.what === 'answer' ? corrupted(chunks, offsetOf(fault, about)) : chunks;
    case 'slow':
      return fault.what === 'answer' ? slow(chunks, fault.bytesPerSecond, about) : chunks;
    default:
      return chunks;
  }
}

const offsetOf = ({ after }: { readonly after?: number | undefined }, { size }: Altering): number =>
  after ?? Math.floor(size / 2);

export async function* single(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
}

/** Splits what comes at an offset: each part lies before it, begins at it, or lies behind. */
async function* splitAt(
  chunks: Chunks,
  offset: number,
): AsyncGenerator<readonly [Buffer, place: 'before' | 'at' | 'behind']> {
  let at = 0;
  for await (const chunk of chunks) {
    const before = chunk.subarray(0, Math.max(0, offset - at));
    const rest = chunk.subarray(before.length);
    if (before.length > 0) yield [before, 'before'];
    if (rest.length > 0) yield [rest, at <= offset ? 'at' : 'behind'];
    at += chunk.length;
  }
}

async function* firstBytes(chunks: Chunks, count: number): AsyncGenerator<Buffer> {
  // All is read, so that the connection to the server can be used again.
  for await (const [part, place] of splitAt(chunks, count)) if (place === 'before') yield part;
}

async function* cutAfter(chunks: Chunks, count: number): AsyncGenerator<Buffer> {
  for await (const [part, place] of splitAt(chunks, count)) {
    if (place !== 'before') throw new Cut('cut in a body');
    yield part;
  }
  throw new Cut('cut behind a body');
}

async function* stalled(
  chunks: Chunks,
  offset: number,
  ms: number | undefined,
  { lane, gone }: Altering,
): AsyncGenerator<Buffer> {
  for await (const [part, place] of splitAt(chunks, offset)) {
    if (place === 'at') await lane.hold(ms ?? Infinity, gone);
    yield part;
  }
}

async function* corrupted(chunks: Chunks, offset: number): AsyncGenerator<Buffer> {
  for await (const [part, place] of splitAt(chunks, offset)) {
    const sent = Buffer.from(part);
    if (place === 'at') sent.writeUInt8(sent.readUInt8(0) ^ 0x55, 0);
    yield sent;
  }
}

/** Twenty steps a second where the rate is high enough, else one byte a step. */
async function* slow(chunks: Chunks, bytesPerSecond = 1, { lane, gone }: Altering): AsyncGenerator<Buffer> {
  const step = Math.max(1, Math.floor(bytesPerSecond / 20));
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += step) {
      yield chunk.subarray(at, at + step);
      await lane.hold((step / bytesPerSecond) * 1000, gone);
    }
  }
}
