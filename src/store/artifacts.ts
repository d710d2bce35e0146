import type { ArtifactsConfig } from '../config/artifacts.js';
import type { WireConfig } from '../config/config.js';
import type { Store } from '../contract/store.js';
import type { WireDependencies } from '../wire/api/api.js';
import { factsOf } from './artifacts/listing/facts.js';
import { alikeArtifacts, listDirectory, listPage } from './artifacts/listing/listings.js';
import { Lookups } from './artifacts/listing/lookups.js';
import { createParts } from './artifacts/parts.js';
import { ARTIFACTS_SHAPE } from './artifacts/shape.js';
import { createArtifactWriting } from './artifacts/writing/create.js';

/**
 * W&B's artifacts: `<entity>/<project>/<type>/<collection>/<version>/<file…>`. Versions are directories `vN`, by their
 * numbers in that collection; aliases are links to them.
 *
 * @param dependencies what makes the requests, in place of an own undici agent; a clock for tests
 */
export function createArtifactsStore(
  config: WireConfig,
  artifacts: ArtifactsConfig,
  dependencies: WireDependencies = {},
): Store {
  const parts = createParts(config, artifacts, dependencies);
  const { context, reading, cache } = parts;
  const lookups = new Lookups(parts);
  const readable: Store = {
    shape: ARTIFACTS_SHAPE,
    lookup: lookups.lookup,
    list: (path, { signal }) => listDirectory(parts, path, signal),
    page: (path, options) => listPage(parts, path, options),
    read: (entry, range, options) => reading.read(entry, range, options),
    readNewest: () => reading.readNewest(),
    info: (path, { signal }) => factsOf(parts, path, signal),
    signedUrl: (entry, { signal }) => reading.signedUrl(entry, signal),
    alike: (path, options) => alikeArtifacts(parts, path, options),
    onWarning: (listener, debug) => context.client.api.hear(listener, debug),
    close: async () => {
      try {
        await cache?.close();
      } finally {
        await context.client.close();
      }
    },
  };
  if (config.readOnly) return readable;
  return { ...readable, ...createArtifactWriting(parts) };
}
