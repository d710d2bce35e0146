import { type Api, MOST_FAILURE_BYTES } from './api.js';
import { isUnderBase } from './credentials.js';
import { networkFailure, notAnAddress, refusalOfStorage } from './errors.js';
import { assertStored, hashed } from './integrity.js';
import { type Movement, whileMoving } from './movement.js';
import { withRetries } from './retry.js';
import { Slots } from './slots.js';
import { type Body, type HttpRequest, type HttpResponse, MOST_TRANSFERS, readBody } from './transport.js';
import { WireFailure } from './wire-failure.js';

export interface DownloadOptions {
  /** The first byte wanted. */
  readonly start: number;
  /** The byte behind the last one wanted; null: all there is, but no more than `limit`. */
  readonly end: number | null;
  /** Most bytes that are taken; more are `isOverlong`. */
  readonly limit: number;
  /** Only this version of the content will do. */
  readonly etag: string | null;
  readonly signal: AbortSignal | undefined;
  /** The address is the API's own: credentials and redirects go with it. A signed one gets neither. */
  readonly isApiAddress: boolean;
  /** May a redirect of another address lead there? Nothing but the wish for a range goes along. @default never */
  readonly mayFollow?: ((address: string) => boolean) | undefined;
}

export interface Download {
  readonly bytes: Uint8Array;
  readonly etag: string | null;
  /** Bytes of the whole content. */
  readonly size: number;
  /** There is more than was to be taken; `bytes` is empty. */
  readonly isOverlong: boolean;
}

/** What was sent. */
export interface Upload {
  /** The storage's tag of it. */
  readonly etag: string | null;
  /** Base64. */
  readonly md5: string;
}

const MOST_REDIRECTS = 5;
const MOST_RETRIES = 5;
/** How often content is sent that arrives as other content. */
const MOST_CORRUPT = 3;
/** Where nobody tells how much of a body was sent, it is taken to move with this speed: 64 KiB a second. */
const LEAST_BYTES_PER_MS = 65.536;

/** What transfers are tried again for (protocol section 2.2): no answer, 429, and server errors but 501. */
const isRetryable = ({ fault, status }: WireFailure): boolean =>
  fault === 'unreachable' ||
  fault === 'broken' ||
  fault === 'timeout' ||
  (fault === 'status' && status !== null && (status === 429 || (status >= 500 && status !== 501)));

/**
 * Moves bytes from and to the storage, by signed URLs. A transfer may last as long as it moves; when nothing has moved for
 * `timeout`, over all of its attempts, it ends with ETIMEDOUT.
 */
export class Transfers {
  private readonly slots: Slots;

  constructor(readonly api: Api) {
    this.slots = new Slots(MOST_TRANSFERS, api.config.timeouts.call, api.clock);
  }

  /**
   * Rejects with a WireFailure: status 412 when the content isn't that of `etag`, 404 when it is gone, 400, 401 or 403
   * when the URL has expired.
   */
  download(url: string, options: DownloadOptions): Promise<Download> {
    if (!isWebAddress(url)) return Promise.reject(notAnAddress('download from'));
    const { call } = this.api.config.timeouts;
    return this.moving(url, options.signal, call, ({ signal, moved, leftMs }) =>
      withRetries(
        this.api.clock,
        { signal, leftMs, mostRetries: MOST_RETRIES, isRetryable, onPause: this.api.onPause(url) },
        () =>
          this.watched(url, signal, async () => {
            const response = await this.get(url, { ...options, signal });
            return receive({ ...response, body: telling(response.body, moved) }, options);
          }),
      ),
    );
  }

  /**
   * Sends all of `source`; rejects with a WireFailure for anything but 2xx. What the storage tells to have taken must be
   * what was sent: else it is sent again, three times in all, and then EIO.
   */
  upload(
    url: string,
    headers: Readonly<Record<string, string>>,
    source: Body,
    options: {
      readonly signal: AbortSignal | undefined;
      readonly onProgress?: ((sent: number) => void) | undefined;
    },
  ): Promise<Upload> {
    if (!isWebAddress(url)) return Promise.reject(notAnAddress('upload to'));
    const { body, begin, md5: digest } = hashed(source);
    let corrupt = 0;
    const isRetryableHere = (failure: WireFailure): boolean =>
      failure.fault === 'corrupt' ? ++corrupt < MOST_CORRUPT : isRetryable(failure);
    return this.moving(url, options.signal, this.quietMsOf(source), ({ signal, moved, leftMs }) => {
      const onProgress = (sent: number): void => {
        moved();
        options.onProgress?.(sent);
      };
      const request: HttpRequest = { method: 'PUT', url, headers, body: { ...body, onProgress }, signal };
      const onPause = this.api.onPause(url);
      const policy = { signal, leftMs, mostRetries: MOST_RETRIES, isRetryable: isRetryableHere, onPause };
      return withRetries(this.api.clock, policy, () =>
        this.watched(url, signal, async () => {
          begin();
          const response = await this.api.transport.send(request);
          if (response.status < 200 || response.status >= 300) throw await this.refusal(response);
          await response.discard();
          const md5 = digest();
          assertStored(response, md5);
          return { etag: response.headers.etag ?? null, md5 };
        }),
      );
    });
  }

  private quietMsOf(source: Body): number {
    const { call } = this.api.config.timeouts;
    if (this.api.transport.tellsProgress) return call;
    const size = source.kind === 'bytes' ? source.bytes.byteLength : source.size;
    return call + Math.ceil(size / LEAST_BYTES_PER_MS);
  }

  private moving<T>(
    url: string,
    signal: AbortSignal | undefined,
    quietMs: number,
    transfer: (movement: Movement) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.api;
    return this.slots.run(signal, () =>
      whileMoving({ clock, quietMs, host: new URL(url).origin, signal }, (movement) =>
        transfer({
          ...movement,
          moved: () => {
            this.slots.moved();
            movement.moved();
          },
        }),
      ),
    );
  }

  private async get(url: string, options: DownloadOptions): Promise<HttpResponse> {
    const { start, end, etag, signal, isApiAddress, mayFollow } = options;
    const wanted: Record<string, string> = { 'accept-encoding': 'identity' };
    if (start > 0 || end !== null) wanted.range = `bytes=${start}-${end === null ? '' : end - 1}`;
    // A weak tag never matches (RFC 9110, 13.1.1); it is compared when the answer is there.
    if (etag !== null && !etag.startsWith('W/')) wanted['if-match'] = etag;
    let address = url;
    for (let redirects = 0; ; redirects++) {
      const isTrusted = isApiAddress && isUnderBase(address, this.api.config.baseUrl) && !isSigned(address);
      const headers = isTrusted ? { ...(await this.api.headersFor(address, signal)), ...wanted } : wanted;
      const response = await this.api.transport.send({ method: 'GET', url: address, headers, signal });
      const { status } = response;
      const { location } = response.headers;
      const isFollowed = isApiAddress || mayFollow !== undefined;
      if (!(isFollowed && status >= 300 && status < 400 && location)) {
        if (status === 200 || status === 206 || status === 416) return response;
        throw await this.refusal(response);
      }
      await response.discard();
      if (redirects === MOST_REDIRECTS || !URL.canParse(location, address)) {
        throw new WireFailure('EPROTO', 'The download address redirects without an end.', null, 'protocol');
      }
      address = new URL(location, address).href;
      if (mayFollow?.(address) === false) {
        const detail = `The content is redirected to ${new URL(address).protocol}//…, which isn't allowed.`;
        throw new WireFailure('EACCES', detail, null, 'final');
      }
    }
  }

  private async refusal(response: HttpResponse): Promise<WireFailure> {
    const { status, headers } = response;
    const bytes = await readBody(response, MOST_FAILURE_BYTES);
    return refusalOfStorage(
      { status, headers, text: Buffer.from(bytes ?? []).toString() },
      this.api.clock.date(),
    );
  }

  private async watched<T>(
    url: string,
    signal: AbortSignal | undefined,
    transfer: () => Promise<T>,
  ): Promise<T> {
    try {
      return await transfer();
    } catch (error) {
      throw networkFailure(error, this.api.peer(url), signal);
    }
  }
}

const isWebAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

async function* telling(body: AsyncIterable<Uint8Array>, moved: () => void): AsyncGenerator<Uint8Array> {
  for await (const part of body) {
    moved();
    yield part;
  }
}

/** Names of query parameters that sign a URL: S3, GCS, CloudFront, Azure. */
const SIGNATURES = ['x-amz-signature', 'x-goog-signature', 'signature', 'sig'];

/** A storage refuses requests that are authorised in two ways. */
function isSigned(url: string): boolean {
  return [...new URL(url).searchParams.keys()].some((name) => SIGNATURES.includes(name.toLowerCase()));
}

async function receive(response: HttpResponse, { start, end, limit }: DownloadOptions): Promise<Download> {
  const etag = response.headers.etag ?? null;
  const range = parseContentRange(response.headers['content-range']);
  const none = new Uint8Array(0);
  if (response.status === 416) {
    await response.discard();
    return { bytes: none, etag, size: range?.total ?? 0, isOverlong: false };
  }
  if (response.status === 206) {
    const isAsked = range !== null && range.start === start && (end === null || range.end <= end);
    if (!isAsked)
      throw new WireFailure('EIO', 'The storage sent another range than was asked for.', null, 'broken');
    const bytes = await readBody(response, Math.min(limit, range.end - range.start));
    if (bytes === null) return { bytes: none, etag, size: range.total, isOverlong: true };
    if (bytes.byteLength < range.end - range.start) throw cutShort();
    return { bytes, etag, size: range.total, isOverlong: false };
  }
  // The whole content, asked for or not: a server may ignore ranges.
  const announced = Number(response.headers['content-length'] ?? Number.NaN);
  if (end === null && start === 0) {
    const bytes = await readBody(response, limit);
    if (bytes === null) return { bytes: none, etag, size: announced || limit + 1, isOverlong: true };
    if (announced > bytes.byteLength) throw cutShort();
    return { bytes, etag, size: bytes.byteLength, isOverlong: false };
  }
  const { bytes, seen, isWhole } = await readPart(response, start, end ?? start + limit);
  if (!isWhole && Number.isNaN(announced)) {
    throw new WireFailure('EPROTO', "The storage doesn't tell the size of the content.", null, 'protocol');
  }
  return { bytes, etag, size: isWhole ? seen : announced, isOverlong: false };
}

/** The part `[start, end)` of a body; what lies before is skipped, what lies behind isn't waited for. */
async function readPart(
  response: HttpResponse,
  start: number,
  end: number,
): Promise<{ bytes: Uint8Array; seen: number; isWhole: boolean }> {
  const parts: Uint8Array[] = [];
  let at = 0;
  let isWhole = true;
  for await (const part of response.body) {
    const wanted = part.subarray(Math.max(0, start - at), Math.max(0, end - at));
    if (wanted.byteLength > 0) parts.push(wanted);
    at += part.byteLength;
    if (at > end) {
      isWhole = false;
      break;
    }
  }
  const joined = Buffer.concat(parts);
  return { bytes: new Uint8Array(joined), seen: at, isWhole };
}

const cutShort = (): WireFailure => new WireFailure('EIO', 'The transfer ended too early.', null, 'broken');

/** `bytes 0-9/100` or, with 416, `bytes * /100`; `end` is the byte behind the last one. */
function parseContentRange(value: string | undefined): { start: number; end: number; total: number } | null {
  const parts = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(value ?? '');
  if (!parts) return null;
  const start = Number(parts[1] ?? 0);
  return { start, end: parts[2] === undefined ? start : Number(parts[2]) + 1, total: Number(parts[3]) };
}
