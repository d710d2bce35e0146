import { once } from 'node:events';
import { pipeline, Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { notAgreed } from '../wire-failure.js';
import type { HttpResponse } from './transport.js';

/** More of them, one over the other, is an attack on whoever decodes. */
const MOST_CODINGS = 5;

/**
 * An answer whose body is as it was before it was coded. What can't be decoded fails when it is read.
 *
 * @param codings first applied first
 */
export function decoded(response: HttpResponse, codings: readonly string[]): HttpResponse {
  // It is the length of what is coded.
  const { 'content-encoding': _, 'content-length': __, ...headers } = response.headers;
  return { ...response, headers, body: plain(response, codings) };
}

async function* plain(
  { body, discard }: HttpResponse,
  codings: readonly string[],
): AsyncGenerator<Uint8Array> {
  const unknown = codings.length > MOST_CODINGS ? codings.join(', ') : codings.find((each) => !isKnown(each));
  if (unknown !== undefined) {
    await discard();
    const before = unknown === 'zstd' ? ' before Node 22.15' : '';
    const detail = `The answer is coded as '${unknown.slice(0, 40)}', which can't be decoded${before}.`;
    throw notAgreed(detail, 'Content-Encoding');
  }
  yield* codings.reduceRight<AsyncIterable<Uint8Array>>((coded, coding) => {
    const stream = Readable.from(coded, { objectMode: false });
    return coding === 'deflate' ? inflated(stream) : through(stream, decoderOf(coding));
  }, body);
}

const isKnown = (coding: string): boolean =>
  ['gzip', 'x-gzip', 'deflate', 'br'].includes(coding) || (coding === 'zstd' && zstdDecoder !== undefined);

/** Node has it from 22.15 on. */
const { createZstdDecompress: zstdDecoder } = zlib as { createZstdDecompress?: () => Transform };

function decoderOf(coding: string): Transform {
  if (coding === 'br') return zlib.createBrotliDecompress();
  return coding === 'zstd' && zstdDecoder ? zstdDecoder() : zlib.createGunzip();
}

/** Whoever reads what comes out gets its errors; leaving it early ends what goes in. */
const through = (coded: Readable, decoder: Transform): Readable => pipeline(coded, decoder, () => {});

/** 'deflate' is zlib's format; some servers send the bare one, whose first byte can't begin the other (RFC 1950, 2.2). */
async function* inflated(coded: Readable): AsyncGenerator<Uint8Array> {
  await once(coded, 'readable');
  const first: Buffer | null = coded.read(1);
  if (first === null) return;
  coded.unshift(first);
  const isZlib = ((first[0] ?? 0) & 0x0f) === 8;
  yield* through(coded, isZlib ? zlib.createInflate() : zlib.createInflateRaw());
}
