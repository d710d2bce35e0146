import type { Variables } from 'graphql-request';
import type { WireConfig } from '../../config/config.js';
import { graphqlFailure, incomplete, notTheApi, parsedJson, withoutData } from '../errors.js';
import { noAnswer, type RetryPolicy, withDeadline, withRetries } from '../retry.js';
import { Slots } from '../slots.js';
import { networkFailure } from '../transport/network-failure.js';
import { type HttpRequest, readBody } from '../transport/transport.js';
import type { WireFailure } from '../wire-failure.js';
import { missingIn, ShownNames } from './answers.js';
import { Api, type WireDependencies } from './api.js';
import { ClientError, type Document, GraphQLClient } from './graphql.js';

export type CallOptions = Pick<RetryPolicy, 'signal' | 'isRetryable' | 'onRetry'>;

const JSON_TYPE = 'application/json';

/** An answer that is larger is a mistake: a page of a thousand rows has about one megabyte. */
const MOST_ANSWER_BYTES = 256 * 1024 * 1024;

/** Typed GraphQL documents, and the few other endpoints, of one W&B server: paced, retried, failures as `WireFailure`. */
export class WireClient {
  readonly api: Api;
  readonly shown: ShownNames;
  private readonly graphql: GraphQLClient;
  private readonly slots: Slots;
  /** Which attempt each of them is, by its signal: graphql-request passes nothing else on. */
  private readonly attempts = new WeakMap<AbortSignal, number>();

  constructor(
    readonly config: WireConfig,
    dependencies: WireDependencies = {},
  ) {
    this.api = new Api(config, dependencies);
    this.shown = new ShownNames(this.api.clock);
    this.slots = new Slots(
      this.api.limits.requests,
      config.timeouts.call,
      this.api.clock,
      this.api.onWaiting,
    );
    this.graphql = new GraphQLClient(this.address('/graphql'), {
      excludeOperationName: true,
      jsonSerializer: { parse: JSON.parse, stringify: withOperation },
      fetch: (input, init) => this.exchange(String(input), init ?? {}),
    });
  }

  /**
   * Runs a document. Rejects with a WireFailure; what isn't there is null data, not a failure. What the answer doesn't
   * tell, though it was asked, is a failure: nobody has to look for gaps in what this resolves with.
   */
  async run<Data, Vars extends object>(
    document: Document<Data, Vars>,
    variables: Vars,
    options: CallOptions = {},
  ): Promise<Data> {
    return this.call(options, async (signal) => {
      try {
        const data = await this.graphql.request<Data | null | undefined, Variables>({
          document,
          variables: variables as Variables,
          signal,
        });
        if (data === null || data === undefined) throw withoutData(this.peer);
        const missing = missingIn(document, variables, data);
        if (missing !== null) throw incomplete(this.peer, missing);
        this.shown.check(variables, data);
        return data;
      } catch (error) {
        // Its message would quote variables and answer.
        if (error instanceof ClientError) throw this.failureOf(error, document, variables);
        throw error;
      }
    });
  }

  /** `POST` of JSON to an endpoint below the base URL; the answer's body says nothing. */
  async post(path: string, body: unknown, options: CallOptions = {}): Promise<void> {
    await this.call(options, async (signal) => {
      const response = await this.api.send({
        method: 'POST',
        url: this.address(path),
        attempt: this.attempts.get(signal),
        headers: { 'content-type': JSON_TYPE, accept: JSON_TYPE },
        body: { kind: 'bytes', bytes: Buffer.from(JSON.stringify(body)) },
        signal,
      });
      await response.discard();
    });
  }

  address(path: string): string {
    return this.config.baseUrl + path;
  }

  close(): Promise<void> {
    return this.api.close();
  }

  /** What an error says isn't there may be a part of the answer: then the rest of it, such as the run, is. */
  private failureOf(
    { response }: ClientError,
    document: Document<unknown, never>,
    variables: object,
  ): WireFailure {
    const failure = graphqlFailure(response.errors ?? [], this.peer);
    const data: unknown = response.data;
    if (failure.code !== 'ENOENT' || typeof data !== 'object' || data === null) return failure;
    const missing = missingIn(document, variables, data);
    return missing === null ? failure : incomplete(this.peer, missing, failure.cause);
  }

  private get peer() {
    return this.api.peer(this.address('/graphql'));
  }

  /**
   * The time of a call begins when it has a slot, and stands still while it waits for its turn by the server's rate. It keeps
   * the slot while it waits to be tried again: a server that limits the rate is then asked by few, in the order in which they
   * came. No attempt outlasts the call's time; one that this cuts short tells nothing: the call fails with what the server said
   * before.
   */
  private call<T>(options: CallOptions, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = options;
    const { call: totalMs, attempt: attemptMs } = this.config.timeouts;
    const { clock } = this.api;
    return this.slots.run(signal, () => {
      let deadline = clock.now() + totalMs;
      const leftMs = (): number => deadline - clock.now();
      let said: WireFailure | null = null;
      const onRetry = (failure: WireFailure): void => {
        said = failure.fault === 'status' ? failure : null;
        options.onRetry?.(failure);
      };
      const onPause = this.api.onPause(this.config.baseUrl);
      const policy = { ...options, leftMs, isPaced: true, onPause, onRetry };
      return withRetries(clock, policy, async (number) => {
        const waitsSince = clock.now();
        await this.api.limits.rate.turn(leftMs(), signal);
        deadline += clock.now() - waitsSince;
        const left = Math.max(1, leftMs());
        const ms = Math.min(attemptMs, left);
        const late = (): WireFailure => (left < attemptMs && said) || noAnswer(ms);
        const numbered = (bounded: AbortSignal): Promise<T> => {
          this.attempts.set(bounded, number);
          return this.answered(() => attempt(bounded), bounded);
        };
        return withDeadline(ms, signal, numbered, late);
      });
    });
  }

  private async answered<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      const value = await attempt();
      this.slots.moved();
      return value;
    } catch (error) {
      const failure = networkFailure(error, this.peer, signal);
      if (failure.status !== null || failure.fault === 'graphql') this.slots.moved();
      throw failure;
    }
  }

  /** What graphql-request takes for `fetch`: one exchange, with only GraphQL answers let through. */
  private async exchange(url: string, init: RequestInit): Promise<Response> {
    const [body, signal] = [String(init.body), init.signal ?? undefined];
    const response = await this.api.send({
      method: 'POST',
      url,
      operation: operationOf(body),
      attempt: signal && this.attempts.get(signal),
      // The servers of W&B speak plain JSON.
      headers: { accept: JSON_TYPE, 'accept-encoding': 'gzip', 'content-type': JSON_TYPE },
      body: { kind: 'bytes', bytes: Buffer.from(body) },
      signal,
    });
    const bytes = await readBody(response, MOST_ANSWER_BYTES);
    const isGraphql = response.status === 200 && bytes !== null && isJsonObject(bytes);
    if (!isGraphql)
      throw notTheApi(this.peer, `HTTP ${response.status} without a GraphQL answer`, response.status);
    const text = withoutNoErrors(bytes);
    // A `Response` would bring Node's `fetch` along, and its body end by a global that fake timers may have stopped.
    const answer = {
      ok: true,
      status: 200,
      headers: new Map([['Content-Type', JSON_TYPE]]),
      text: async () => text,
    };
    return answer as Pick<Response, 'ok' | 'status' | 'text'> as Response;
  }
}

/** Of a GraphQL request, which begins with its document; the variables are nobody's business. */
function operationOf(body: string): HttpRequest['operation'] {
  const [, kind, name] = /^\{"query":"(?:[^"\\]|\\.)*?\b(query|mutation) (\w+)/.exec(body) ?? [];
  return kind && name ? { kind: kind === 'query' ? kind : 'mutation', name } : null;
}

/** `errors: null` says that there are none; graphql-request takes any such member but an empty list for a failure. */
function withoutNoErrors(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  if (!text.includes('"errors"')) return text;
  const answer = parsedJson(text);
  if (typeof answer !== 'object' || answer === null || !('errors' in answer) || answer.errors) return text;
  return JSON.stringify({ ...answer, errors: undefined });
}

/** graphql-request parses a text for the name of its operation, unless that is left out. */
const withOperation = (body: { readonly query: string }): string =>
  JSON.stringify({ ...body, operationName: /^\w+ (\w+)/.exec(body.query)?.[1] });

const isJsonObject = (bytes: Uint8Array): boolean =>
  /^\s*\{/.test(Buffer.from(bytes.subarray(0, 64)).toString());
