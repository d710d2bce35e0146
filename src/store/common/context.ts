import { Failure } from '../../contract/failure.js';
import { BatchSizes, retryableAtSize } from '../../wire/api/batching.js';
import type { CallOptions, WireClient } from '../../wire/api/client.js';
import type { Document } from '../../wire/api/graphql.js';
import { type FeatureFactsFragment, ServerFeaturesDocument } from '../../wire/generated.js';
import { Transfers } from '../../wire/transfer/transfer.js';
import { isWireFailure } from '../../wire/wire-failure.js';

/** What the parts of any store share: the wire, the batch sizes that worked, the server's features. */
export class StoreContext {
  readonly sizes: BatchSizes;
  readonly transfers: Transfers;
  readonly features: Features;

  constructor(readonly client: WireClient) {
    this.sizes = new BatchSizes(client.api.clock, client.config.timeouts.call, client.api.limits.sizes);
    this.transfers = new Transfers(client.api);
    this.features = new Features(client);
  }

  /** Where a server that keeps its own storage leads to: its addresses are paths. */
  absolute(url: string): string {
    return url.startsWith('/') ? this.client.address(url) : url;
  }

  /** Options of a call whose batch holds `size` items. */
  sized(size: number, signal: AbortSignal | undefined): CallOptions {
    return { signal, isRetryable: retryableAtSize(size) };
  }

  /** Runs a document that asks for `first` rows at most. */
  rows<Data, Vars extends { readonly first: number }>(
    document: Document<Data, Vars>,
    variables: Vars,
    signal: AbortSignal | undefined,
  ): Promise<Data> {
    return this.client.run(document, variables, this.sized(variables.first, signal));
  }
}

/** The server's features, asked for once, when first needed. A server that can't tell has none (protocol section 5.1). */
class Features {
  private enabled: Promise<ReadonlySet<string>> | null = null;
  private known: ReadonlySet<string> | null = null;
  private readonly missing = new Set<string>();

  constructor(private readonly client: WireClient) {}

  /** What is known without a request; null: nothing yet. */
  peek(name: string): boolean | null {
    return this.known?.has(name) ?? null;
  }

  /** Another request brought them along. */
  learn(answer: FeatureFactsFragment | null | undefined): void {
    this.known = new Set(answer?.features.flatMap(({ name, isEnabled }) => (isEnabled ? name : [])));
    this.enabled = Promise.resolve(this.known);
  }

  /** They will be needed; who needs them hears how that went. */
  expect(): void {
    this.enabled ??= this.ask();
    void Promise.allSettled([this.enabled]);
  }

  async has(name: string): Promise<boolean> {
    this.enabled ??= this.ask();
    const isThere = (await this.enabled).has(name);
    // What it does without is done another way.
    if (!isThere && !this.missing.has(name)) {
      this.missing.add(name);
      this.client.api.warnings.debug(() => `the server has no ${name}: done without`);
    }
    return isThere;
  }

  /** Shared by all who wait: no single caller's signal ends it. */
  private async ask(): Promise<ReadonlySet<string>> {
    try {
      const { serverInfo } = await this.client.run(ServerFeaturesDocument, {});
      this.learn(serverInfo);
      return this.known ?? new Set();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // Asked again the next time, for the failure may pass.
      this.enabled = null;
      this.client.api.warnings.debug(
        () => `the server doesn't tell its features, so none is used: ${error.detail ?? error.code}`,
      );
      return new Set();
    }
  }
}

/** Did the server refuse a document for what its schema doesn't have? */
export const isSchemaRefusal = (error: unknown): boolean =>
  isWireFailure(error) && error.reason === 'schema' && (error.fault === 'graphql' || error.status === 400);
