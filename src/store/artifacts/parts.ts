import type { ArtifactsConfig } from '../../config/artifacts.js';
import type { WireConfig } from '../../config/config.js';
import type { WireDependencies } from '../../wire/api/api.js';
import { WireClient } from '../../wire/api/client.js';
import { StoreContext } from '../common/context.js';
import { ContentCache } from './cache/objects.js';
import { Organizations } from './listing/organizations.js';
import { VersionQueries } from './listing/version-queries.js';
import { Versions } from './listing/versions.js';
import { Manifests } from './manifest/loader.js';
import { Addresses } from './reading/addresses.js';
import { Reading } from './reading/files.js';
import { StoredReading } from './reading/stored.js';
import { ReferenceReading } from './references/reading.js';
import { Resolver } from './references/resolver.js';

/** What the halves of the artifacts store, reading and writing, are made of. */
export interface ArtifactParts {
  readonly context: ArtifactsContext;
  readonly queries: VersionQueries;
  readonly versions: Versions;
  readonly manifests: Manifests;
  readonly addresses: Addresses;
  readonly resolver: Resolver;
  readonly reading: Reading;
  readonly cache: ContentCache | null;
}

export function createParts(
  config: WireConfig,
  artifacts: ArtifactsConfig,
  dependencies: WireDependencies,
): ArtifactParts {
  const context = new ArtifactsContext(new WireClient(config, dependencies), artifacts);
  const manifests = new Manifests(context);
  const queries = new VersionQueries(context, manifests);
  const versions = new Versions(context, manifests, queries);
  const addresses = new Addresses(context);
  const resolver = new Resolver(context, versions, manifests);
  const cache =
    artifacts.cache && new ContentCache({ ...artifacts.cache, onFull: warnOf(context, artifacts.cache) });
  const stored = new StoredReading(context, manifests, addresses, cache);
  const references = new ReferenceReading(context);
  const reading = new Reading({ versions, manifests, addresses, resolver, stored, references, cache });
  return { context, queries, versions, manifests, addresses, resolver, reading, cache };
}

const warnOf =
  ({ client }: ArtifactsContext, { directory }: { readonly directory: string }) =>
  (reason: string): void =>
    client.api.warnings.once(
      directory,
      `The artifact cache ${directory} can't be written (${reason}); nothing is added to it any more.`,
    );

/** What the parts of the artifacts store share. */
export class ArtifactsContext extends StoreContext {
  readonly organizations: Organizations;

  constructor(
    client: WireClient,
    readonly artifacts: ArtifactsConfig,
  ) {
    super(client);
    this.organizations = new Organizations(this);
  }
}
