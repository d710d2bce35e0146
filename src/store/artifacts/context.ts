import type { ArtifactsConfig } from '../../config/artifacts.js';
import type { WireClient } from '../../wire/api/client.js';
import { StoreContext } from '../common/context.js';
import { ContentCache } from './cache/objects.js';
import { Organizations } from './listing/organizations.js';
import { Versions } from './listing/versions.js';
import { Manifests } from './manifest/loader.js';
import { fileAddresses } from './reading/addresses.js';
import { ReferenceReading } from './references/reading.js';
import { Resolver } from './references/resolver.js';

/** What the artifacts store is made of, for its parts. */
export class ArtifactsContext extends StoreContext {
  readonly organizations = new Organizations(this);
  readonly manifests = new Manifests(this);
  readonly versions = new Versions(this);
  readonly addresses = fileAddresses(this);
  readonly resolver = new Resolver(this);
  readonly references = new ReferenceReading(this);
  readonly cache: ContentCache | null;

  constructor(
    client: WireClient,
    readonly artifacts: ArtifactsConfig,
  ) {
    super(client);
    const { cache } = artifacts;
    this.cache =
      cache &&
      new ContentCache({
        ...cache,
        onFull: (reason) =>
          client.api.warnings.once(
            cache.directory,
            `The artifact cache ${cache.directory} can't be written (${reason}); nothing is added to it any more.`,
          ),
      });
  }
}
