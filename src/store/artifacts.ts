import type { ArtifactsConfig } from '../config/artifacts.js';
import type { WireConfig } from '../config/config.js';
import { Failure } from '../contract/failure.js';
import type { Store } from '../contract/store.js';
import type { WireDependencies } from '../wire/api/api.js';
import { WireClient } from '../wire/api/client.js';
import { ArtifactsContext } from './artifacts/context.js';
import { factsOf } from './artifacts/listing/facts.js';
import { alikeArtifacts, listDirectory, listPage } from './artifacts/listing/listings.js';
import { createArtifactLookup } from './artifacts/listing/lookups.js';
import { readFile, signedUrl } from './artifacts/reading/files.js';
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
  const context = new ArtifactsContext(new WireClient(config, dependencies), artifacts);
  const readable: Store = {
    shape: ARTIFACTS_SHAPE,
    lookup: createArtifactLookup(context),
    list: (path, { signal }) => listDirectory(context, path, signal),
    page: (path, options) => listPage(context, path, options),
    read: (entry, range, options) => readFile(context, entry, range, options),
    // Versions never change: what isn't what was listed is broken.
    readNewest: async () => {
      throw new Failure('EBADMSG', 'The content differs from what the version recorded.');
    },
    info: (path, { signal }) => factsOf(context, path, signal),
    signedUrl: (entry, { signal }) => signedUrl(context, entry, signal),
    alike: (path, options) => alikeArtifacts(context, path, options),
    onWarning: (listener, debug) => context.client.api.hear(listener, debug),
    close: async () => {
      try {
        await context.cache?.close();
      } finally {
        await context.client.close();
      }
    },
  };
  return config.readOnly ? readable : { ...readable, ...createArtifactWriting(context) };
}
