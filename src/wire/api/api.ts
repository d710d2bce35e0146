import type { WireConfig } from '../../config/config.js';
import { OPEN, WAITING } from '../../contract/counters.js';
import { refusalOfApi } from '../errors.js';
import { type Clock, type RetryPolicy, systemClock } from '../retry.js';
import { networkFailure, type Peer, peerOf } from '../transport/network-failure.js';
import {
  createTransport,
  type HttpRequest,
  type HttpResponse,
  readShort,
  type Transport,
  type TransportChoice,
} from '../transport/transport.js';
import { isWireFailure, WireFailure } from '../wire-failure.js';
import { type Credentials, FederatedCredentials, isUnderBase } from './credentials.js';
import { type Meter, ownMeter, proxiesUsed, withExchanges, withoutSecrets } from './exchanges.js';
import { withOutages } from './outages.js';
import { joinLimits, type ServerLimits } from './server-limits.js';

/** The parts that requests are made of; tests and embedders may bring their own. */
export interface WireDependencies extends TransportChoice {
  readonly clock?: Clock | undefined;
  /** Where its exchanges are counted. */
  readonly meter?: Meter | undefined;
}

/**
 * Single exchanges with the W&B API: authorised, paced as the server asks, failures told as such. Knows neither GraphQL
 * nor retries.
 */
export class Api {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly warnings = new Warnings();
  readonly meter: Meter;
  readonly limits: ServerLimits;
  private readonly leaveLimits: () => void;
  /** Once, with the first request: nobody listens before. */
  private isProxyTold = false;

  constructor(
    readonly config: WireConfig,
    dependencies: WireDependencies = {},
  ) {
    this.clock = dependencies.clock ?? systemClock;
    this.meter = dependencies.meter ?? ownMeter();
    // What another owner left open died with it.
    for (const gauge of [OPEN, WAITING]) Atomics.store(this.meter.counts, gauge, 0n);
    const transport = createTransport(config, dependencies);
    const debug = (line: () => string): void => this.warnings.debug(line);
    this.transport = withOutages(withExchanges(transport, this.meter, this.clock, debug), {
      clock: this.clock,
      peer: (address) => this.peer(address),
      onOutage: (origin, { code, cause, detail }) =>
        this.warnings.once(`${origin} ${cause ?? code}`, detail ?? `${origin} can't be reached.`),
    });
    this.credentials = this.createCredentials();
    const { limits, leave } = joinLimits(config, dependencies);
    this.limits = limits;
    this.leaveLimits = leave;
  }

  /** @param debug is told nothing unless the configuration says that somebody listens */
  hear(warn: (message: string) => void, debug: (message: string) => void): void {
    this.warnings.hear(warn, this.config.isDebugged ? debug : null);
  }

  /** More requests wait for their turn, or less. */
  readonly onWaiting = (by: 1 | -1): void => {
    Atomics.add(this.meter.counts, WAITING, BigInt(by));
  };

  /** Tells of each retry of a transfer, or of a call of the API, at an address. */
  onPause(address: string): NonNullable<RetryPolicy['onPause']> {
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
    await this.limits.rate.ready(this.config.timeouts.call, signal);
    const authorization = await this.authorization(signal);
    const response = await this.once(request, authorization);
    if (response.status === 401 && this.credentials.renew?.(authorization)) {
      await response.discard();
      return this.accept(await this.once(request, await this.authorization(signal)), url);
    }
    return this.accept(response, url);
  }

  /** Headers for a request that may leave the base URL: credentials only for the part of it that doesn't. */
  async headersFor(url: string, signal: AbortSignal | undefined): Promise<Record<string, string>> {
    if (!isUnderBase(url, this.config.baseUrl)) return {};
    return { ...this.config.extraHeaders, authorization: await this.authorization(signal) };
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

  private createCredentials(): Credentials {
    const { apiKey, identityTokenFile, missingKeyHint } = this.config;
    if (apiKey !== null) {
      const header = `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`;
      return { authorization: async () => header };
    }
    if (identityTokenFile !== null) return new FederatedCredentials(this, identityTokenFile);
    const missing = new WireFailure('EACCES', missingKeyHint, null, 'final');
    return { authorization: () => Promise.reject(missing) };
  }

  private async once(request: HttpRequest, authorization: string): Promise<HttpResponse> {
    if (!this.isProxyTold && this.config.isDebugged) {
      this.isProxyTold = true;
      for (const line of proxiesUsed(this.config)) this.warnings.debug(() => line);
    }
    const { extraHeaders } = this.config;
    const headers = { ...extraHeaders, ...request.headers, authorization };
    try {
      return await this.transport.send({ ...request, headers });
    } catch (error) {
      throw networkFailure(error, this.peer(request.url), request.signal);
    }
  }

  private async accept(response: HttpResponse, url: string): Promise<HttpResponse> {
    const { status, headers } = response;
    if (status >= 200 && status < 300) {
      this.limits.rate.observe(headers, null, true);
      return response;
    }
    const failure = refusalOfApi(await readShort(response), this.peer(url), this.clock.date());
    this.limits.rate.observe(headers, failure.retryAfterMs, false);
    if (status === 401) this.warnRefused(failure.detail);
    throw failure;
  }

  close(): Promise<void> {
    this.leaveLimits();
    return this.transport.close();
  }
}

/** References may name any number of hosts that aren't there; nobody reads on. */
const MOST_SAID = 100;

/** Tells what a user should know whoever swallows the errors: each thing once. */
export class Warnings {
  private readonly said = new Set<string>();
  private listener = (message: string): void => process.emitWarning(message, 'WandbFsWarning');
  private debugListener: ((message: string) => void) | null = null;

  /**
   * The listener takes over from `process.emitWarning`.
   *
   * @param debug hears of requests, retries and fallbacks; null: nobody does
   */
  hear(listener: (message: string) => void, debug: ((message: string) => void) | null = null): void {
    this.listener = listener;
    this.debugListener = debug;
  }

  /** The message is made only for somebody who hears it. */
  debug(message: () => string): void {
    this.debugListener?.(message());
  }

  /** @param thing messages of one thing after the first are dropped */
  once(thing: string, message: string): void {
    if (this.said.has(thing) || this.said.size >= MOST_SAID) return;
    this.said.add(thing);
    this.listener(message);
  }
}
