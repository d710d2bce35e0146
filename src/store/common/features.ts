import type { WireClient } from '../../wire/client.js';
import { ServerFeaturesDocument } from '../../wire/generated.js';
import { isFailure } from '../failure.js';

/** The server's features, asked for once, when first needed. A server that can't tell has none (protocol section 5.1). */
export class Features {
  private enabled: Promise<ReadonlySet<string>> | null = null;

  constructor(private readonly client: WireClient) {}

  async has(name: string): Promise<boolean> {
    this.enabled ??= this.ask();
    return (await this.enabled).has(name);
  }

  /** Shared by all who wait: no single caller's signal ends it. */
  private async ask(): Promise<ReadonlySet<string>> {
    try {
      const { serverInfo } = await this.client.run(ServerFeaturesDocument, {});
      return new Set(serverInfo?.features.flatMap(({ name, isEnabled }) => (isEnabled ? name : [])));
    } catch (error) {
      if (!isFailure(error)) throw error;
      // Asked again the next time, for the failure may pass.
      this.enabled = null;
      return new Set();
    }
  }
}
