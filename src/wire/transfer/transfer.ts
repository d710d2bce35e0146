import type { Api } from '../api/api.js';
import { notAnAddress, refusalOfStorage } from '../errors.js';
import { type Movement, whileMoving } from '../retry.js';
import { Slots, Turns } from '../slots.js';
import { networkFailure } from '../transport/network-failure.js';
import { isWebAddress } from '../transport/routes.js';
import {
  type Body,
  codingsOf,
  type HttpResponse,
  inPlain,
  MOST_DOWNLOADS,
  MOST_LARGE_DOWNLOADS,
  MOST_UPLOADS,
  readShort,
  telling,
} from '../transport/transport.js';
import { notAgreed, WireFailure } from '../wire-failure.js';
import { LARGE_BYTES, MeasuredQueue } from './measured-queue.js';
import {
  askable,
  cutShort,
  type Download,
  type DownloadOptions,
  isOtherVersion,
  receive,
  versionTagOf,
} from './ranges.js';
import { FOLLOWED, following, isSigned } from './redirects.js';
import { assertStored, hashed, quietMsOf, type Upload, withoutCredentials } from './upload.js';
import { isPushback } from './width.js';

type Numbered = DownloadOptions & { readonly attempt: number };

const MOST_RETRIES = 5;
const PRECONDITION_FAILED = 412;
/** How many small ones are read at once. */
const READING = { first: MOST_LARGE_DOWNLOADS, most: MOST_DOWNLOADS };
/** How often content is sent that arrives as other content. */
const MOST_CORRUPT = 3;

/** What transfers are tried again for (protocol section 2.2): no answer, 429, and server errors but 501. */
const isRetryable = ({ fault, status }: WireFailure, retries: number): boolean =>
  retries < MOST_RETRIES &&
  (fault === 'unreachable' ||
    fault === 'broken' ||
    fault === 'timeout' ||
    (fault === 'status' && status !== null && (status === 429 || (status >= 500 && status !== 501))));

/**
 * Moves bytes from and to the storage, by signed URLs. A transfer may last as long as it moves; when nothing has moved for
 * `timeout`, over all of its attempts, it ends with ETIMEDOUT.
 */
export class Transfers {
  /** Each direction has its own turns: however much is sent, who reads has one. */
  private readonly down: Slots;
  private readonly downLarge: Slots;
  private readonly up: Slots;
  private readonly reading = new Turns(READING.first);
  /** Since any that are read had to wait. */
  private adapting: MeasuredQueue | null = null;

  constructor(readonly api: Api) {
    const { clock, config, onWaiting } = api;
    const slots = (turns: Turns) => new Slots(turns, config.timeouts.call, clock, onWaiting);
    this.down = slots(this.reading);
    this.downLarge = slots(new Turns(MOST_LARGE_DOWNLOADS));
    this.up = slots(new Turns(MOST_UPLOADS));
  }

  /**
   * Rejects with a WireFailure: status 412 when the content isn't that of `etag`, 404 when it is gone, 400, 401 or 403
   * when the URL has expired.
   */
  download(url: string, options: DownloadOptions): Promise<Download> {
    if (!isWebAddress(url)) return Promise.reject(notAnAddress('download from'));
    const { signal, isAhead, limit } = options;
    const { clock, config } = this.api;
    const { queue } = this.reading;
    const isLarge = limit > LARGE_BYTES;
    if (queue.size > 0 && !this.adapting) {
      this.adapting = new MeasuredQueue(queue, READING, clock);
      // Those that have their turns already count from now on.
      this.adapting.began();
    }
    const bounds = {
      signal,
      quietMs: config.timeouts.call,
      isRetryable: isAhead ? () => false : isRetryable,
      onFailure: (failure: WireFailure) => {
        // Elsewhere than at W&B's storage, and for large content, it says nothing of small ones.
        if (isPushback(failure) && !isLarge && options.reach === undefined) this.adapting?.pushedBack();
      },
    };
    const move = this.moving(isLarge ? this.downLarge : this.down, url, bounds, (signal, moved, attempt) =>
      this.gather(url, { ...options, signal, attempt }, moved),
    );
    if (isLarge) return this.downLarge.run(signal, move, isAhead);
    const measured = async (): Promise<Download> => {
      this.adapting?.began();
      try {
        return await move();
      } finally {
        this.adapting?.ended(limit);
      }
    };
    return this.down.run(signal, measured, isAhead);
  }

  /**
   * Sends all of `source`; rejects with a WireFailure for anything but 2xx. What the storage tells to have taken must be
   * what was sent: else it is sent again, three times in all, and then EIO.
   *
   * @param options.onPushback hears each time that the storage says it can't keep up
   */
  upload(
    url: string,
    headers: Readonly<Record<string, string>>,
    source: Body,
    options: {
      readonly signal: AbortSignal | undefined;
      readonly onProgress?: ((sent: number) => void) | undefined;
      readonly onPushback?: (() => void) | undefined;
    },
  ): Promise<Upload> {
    if (!isWebAddress(url)) return Promise.reject(notAnAddress('upload to'));
    const { body, begin, md5: digest } = hashed(source);
    let corrupt = 0;
    const bounds = {
      onFailure: (failure: WireFailure) => {
        if (isPushback(failure)) options.onPushback?.();
      },
      signal: options.signal,
      quietMs: quietMsOf(this.api, source),
      isRetryable: (failure: WireFailure, retries: number): boolean =>
        failure.fault === 'corrupt'
          ? retries < MOST_RETRIES && ++corrupt < MOST_CORRUPT
          : isRetryable(failure, retries),
    };
    const move = this.moving(this.up, url, bounds, async (signal, moved, attempt) => {
      const onProgress = (sent: number): void => {
        moved();
        options.onProgress?.(sent);
      };
      const request = { method: 'PUT', body: { ...body, onProgress }, signal, attempt } as const;
      const send = (address: string, isOwn: boolean): Promise<HttpResponse> => {
        begin();
        const sent = isOwn ? headers : withoutCredentials(headers);
        return this.api.transport.send({ ...request, url: address, headers: sent });
      };
      let response = await send(url, true);
      if (FOLLOWED.has(response.status)) response = await following(response, url, send, { isUpload: true });
      if (response.status < 200 || response.status >= 300) throw await this.refusal(response);
      await response.discard();
      const md5 = digest();
      assertStored(response, md5);
      return { etag: response.headers.etag ?? null, md5 };
    });
    return this.up.run(options.signal, move);
  }

  private moving<T>(
    slots: Slots,
    url: string,
    movement: Pick<Movement, 'isRetryable' | 'signal' | 'quietMs' | 'onFailure'>,
    attempt: Parameters<typeof whileMoving<T>>[2],
  ): () => Promise<T> {
    const { api } = this;
    const more = {
      url,
      onPause: api.onPause(url),
      onMoved: () => slots.moved(),
      failureOf: (error: unknown, signal: AbortSignal) => networkFailure(error, api.peer(url), signal),
    };
    return () => whileMoving(api.clock, { ...movement, ...more }, attempt);
  }

  /** A storage may send less than it was asked for (RFC 9110, 15.3.7): the rest is asked for, of the same version. */
  private async gather(url: string, options: Numbered, moved: () => void): Promise<Download> {
    const parts: Uint8Array[] = [];
    let { start, limit } = options;
    let etag = options.etag;
    for (;;) {
      const got = await this.piece(url, { ...options, start, limit, etag }, moved);
      if (isOtherVersion(etag, got.tag)) {
        const detail = 'The content was changed at the storage while it was read.';
        throw new WireFailure('EIO', detail, 'another version', 'status', { status: PRECONDITION_FAILED });
      }
      etag ??= got.tag;
      start += got.bytes.byteLength;
      limit -= got.bytes.byteLength;
      const isEnough = got.isOverlong || start >= Math.min(options.end ?? got.size, got.size);
      if (isEnough && parts.length === 0) return got;
      if (got.bytes.byteLength === 0) throw cutShort();
      parts.push(got.bytes);
      if (isEnough) return { ...got, bytes: new Uint8Array(Buffer.concat(parts)) };
    }
  }

  private async piece(url: string, options: Numbered, moved: () => void): Promise<Download> {
    const { start, end, etag, isApiAddress, reach, signal, attempt } = options;
    const wanted: Record<string, string> = { 'accept-encoding': options.codings ?? 'identity' };
    const tag = askable(etag);
    if (tag !== null) wanted['if-match'] = tag;
    const get = async (more: Readonly<Record<string, string>>): Promise<Download | null> => {
      const send = async (address: string): Promise<HttpResponse> => {
        const isTrusted = isApiAddress && !isSigned(address);
        const credentials = isTrusted ? await this.api.headersFor(address, signal) : {};
        const headers = { ...credentials, ...wanted, ...more };
        const isPublicOnly = reach?.(address) === 'public';
        const request = { method: 'GET', url: address, headers, signal, attempt } as const;
        return this.api.transport.send({ ...request, isAsSent: true, isPublicOnly });
      };
      const how = { isUpload: false, mayDowngrade: reach !== undefined };
      let response = await send(url);
      if (FOLLOWED.has(response.status)) response = await following(response, url, send, how);
      const { status, headers, body } = response;
      if (status !== 200 && status !== 206 && status !== 416) throw await this.refusal(response);
      let sent = 0;
      const told = telling(body, (part) => {
        sent += part.byteLength;
        moved();
      });
      const piece = await receive({ ...response, body: told }, options);
      const length = Number(headers['content-length'] ?? Number.NaN);
      const codedSize = codingsOf(headers).length > 0 ? length || sent : null;
      return piece && { ...piece, etag: headers.etag ?? null, tag: versionTagOf(headers), codedSize };
    };
    const isRange = start > 0 || end !== null;
    const got = await get(isRange ? { range: `bytes=${start}-${end === null ? '' : end - 1}` } : {});
    const all = got ?? (isRange ? await get({}) : null);
    if (all) return all;
    throw notAgreed('The storage sends nothing but ranges that tell nothing.');
  }

  private async refusal(response: HttpResponse): Promise<WireFailure> {
    return refusalOfStorage(await readShort(inPlain(response)), this.api.clock.date());
  }
}
