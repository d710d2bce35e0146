import type { WireConfig } from '../../config/config.js';
import { refusalOfApi } from '../errors.js';
import { type Clock, type RetryPolicy, systemClock } from '../retry.js';
import { networkFailure } from '../transport/network-failure.js';
import { type Peer, peerOf } from '../transport/peer.js';
import {
  createTransport,
  type HttpRequest,
  type HttpResponse,
  readBody,
  type Transport,
} from '../transport/transport.js';
import { isWireFailure, type WireFailure } from '../wire-failure.js';
import { type Credentials, createCredentials, isUnderBase } from './credentials.js';
import { withOutages } from './outages.js';
import { RateLimit } from './rate-limit.js';
import { withoutSecrets, withRequestLog } from './request-log.js';
import { Warnings } from './warnings.js';

/** The parts that requests are made of; tests and embedders may bring their own. */
export interface WireDependencies {
  readonly fetch?: typeof globalThis.fetch | null | undefined;
  readonly dispatcher?: import('undici').Dispatcher | null | undefined;
  readonly clock?: Clock | undefined;
}

/** Bodies of failures; more of them says nothing. */
export const MOST_FAILURE_BYTES = 64 * 1024;

/**
 * Single exchanges with the W&B API: authorised, paced as the server asks, failures told as such. Knows neither GraphQL
 * nor retries.
 */
export class Api {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly warnings = new Warnings();
  private readonly rateLimit: RateLimit;
  private isProxyTold = false;

  constructor(
    readonly config: WireConfig,
    dependencies: WireDependencies = {},
  ) {
    this.clock = dependencies.clock ?? systemClock;
    const logged = withRequestLog(createTransport(config, dependencies), this.clock, this.warnings);
    this.transport = withOutages(logged, {
      clock: this.clock,
      peer: (address) => this.peer(address),
      onOutage: (origin, { code, cause, detail }) =>
        this.warnings.once(`${origin} ${cause ?? code}`, detail ?? `${origin} can't be reached.`),
    });
    this.credentials = createCredentials(config, this.transport, this.clock, this.warnings);
    this.rateLimit = new RateLimit(this.clock);
  }

  /** @param debug is told nothing unless the configuration says that somebody listens */
  hear(warn: (message: string) => void, debug: (message: string) => void): void {
    this.warnings.hear(warn, this.config.isDebugged ? debug : null);
  }

  /** Tells of each retry of a transfer, or of a call of the API, at an address. */
  onPause(address: string): RetryPolicy['onPause'] {
    if (!this.warnings.isDebugged) return undefined;
    return ({ code, cause, detail }, ms) =>
      this.warnings.debug(
        () =>
          `again in ${Math.round(ms)} ms: ${withoutSecrets(address)}: ${detail ?? code}${cause === null ? '' : ` (${cause})`}`,
      );
  }

  peer(address: string): Peer {
    return peerOf(this.config, address);
  }

  /**
   * Sends one request below the base URL and resolves with any success; rejects with a WireFailure otherwise. A token
   * that the server doesn't take (any more) is renewed once.
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const { signal, url } = request;
    await this.rateLimit.ready(this.config.timeouts.call, signal);
    const authorization = await this.authorization(signal);
    const response = await this.once(request, authorization);
    if (response.status === 401 && this.credentials.renew(authorization)) {
      await response.discard();
      return this.accept(await this.once(request, await this.authorization(signal)), url);
    }
    return this.accept(response, url);
  }

  /** Headers for a request that may leave the base URL: credentials only for the part of it that doesn't. */
  async headersFor(url: string, signal: AbortSignal | undefined): Promise<Record<string, string>> {
    if (!isUnderBase(url, this.config.baseUrl)) return {};
    return {
      ...this.config.extraHeaders,
      authorization: await this.authorization(signal),
    };
  }

  /** Whoever swallows the failure: that nothing can be asked for is told once. */
  private async authorization(signal: AbortSignal | undefined): Promise<string> {
    try {
      return await this.credentials.authorization(signal);
    } catch (error) {
      if (isWireFailure(error) && error.code === 'EACCES') this.warnRefused(error.detail);
      throw error;
    }
  }

  private warnRefused(detail: string | null): void {
    this.warnings.once(`refused ${this.config.baseUrl}`, detail ?? `${this.config.baseUrl} refuses the key.`);
  }

  /** Once, with the first request: nobody listens before. */
  private tellProxies(): void {
    if (this.isProxyTold) return;
    this.isProxyTold = true;
    const { http, https } = this.config.proxies ?? { http: null, https: null };
    for (const [scheme, proxy] of Object.entries({ http, https })) {
      if (!proxy) continue;
      const { origin, source, problem, isForAll } = proxy;
      const exceptions = isForAll ? '' : ', but to this machine and what NO_PROXY names';
      this.warnings.debug(
        () =>
          `${scheme}: goes ${problem === null ? `through the proxy ${origin} (${source})` : `nowhere: ${problem}`}${exceptions}`,
      );
    }
  }

  private async once(request: HttpRequest, authorization: string): Promise<HttpResponse> {
    this.tellProxies();
    const { extraHeaders } = this.config;
    try {
      const response = await this.transport.send({
        ...request,
        headers: { ...extraHeaders, ...request.headers, authorization },
      });
      return response;
    } catch (error) {
      throw networkFailure(error, this.peer(request.url), request.signal);
    }
  }

  private async accept(response: HttpResponse, url: string): Promise<HttpResponse> {
    const { status, headers } = response;
    const isSuccess = status >= 200 && status < 300;
    const failure = isSuccess ? null : await this.refusal(response, url);
    this.rateLimit.observe(headers, failure?.retryAfterMs ?? null);
    if (failure) throw failure;
    return response;
  }

  private async refusal(response: HttpResponse, url: string): Promise<WireFailure> {
    const { status, headers } = response;
    const bytes = await readBody(response, MOST_FAILURE_BYTES);
    const text = Buffer.from(bytes ?? []).toString();
    const failure = refusalOfApi({ status, headers, text }, this.peer(url), this.clock.date());
    if (status === 401) this.warnRefused(failure.detail);
    return failure;
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}
