import type { WireConfig } from '../config/config.js';
import type { Store } from '../contract/store.js';
import type { WireDependencies } from '../wire/api/api.js';
import { WireClient } from '../wire/api/client.js';
import { Addresses } from './runs/addresses.js';
import { RunsContext } from './runs/context.js';
import { Directories } from './runs/directories.js';
import { AlikeRuns } from './runs/listing/alike.js';
import { findRuns } from './runs/listing/finding.js';
import { Info } from './runs/listing/info.js';
import { Listings } from './runs/listing/listings.js';
import { Lookups } from './runs/listing/lookups.js';
import { Reading } from './runs/reading.js';
import { Removal } from './runs/removal.js';
import { RunUploads } from './runs/run-uploads.js';
import { RUNS_SHAPE } from './runs/shape.js';

/**
 * W&B's run files: `<entity>/<project>/<run>/<file…>`. A directory's name is the run's `name` (its id in paths), not
 * its display name. With `readOnly` it has nothing that changes anything.
 *
 * @param dependencies what makes the requests, in place of an own undici agent; a clock for tests
 */
export function createRunsStore(config: WireConfig, dependencies: WireDependencies = {}): Store {
  const client = new WireClient(config, dependencies);
  const context = new RunsContext(client);
  const addresses = new Addresses(context);
  const lookups = new Lookups(context, addresses);
  const listings = new Listings(context);
  const alike = new AlikeRuns(context, listings);
  const reading = new Reading(context, addresses);
  const info = new Info(context);
  const readable: Store = {
    shape: RUNS_SHAPE,
    lookup: (path, options) => lookups.lookup(path, options),
    list: (path, { signal }) => listings.list(path, signal),
    read: (entry, range, options) => reading.read(entry, range, options),
    readNewest: (entry, options) => reading.readNewest(entry, options),
    info: (path, { signal }) => info.info(path, signal),
    signedUrl: (entry, { signal }) => reading.signedUrl(entry, signal),
    find: (query, { signal }) => findRuns(context, query, signal),
    alike: (path, options) => alike.alike(path, options),
    onWarning: (listener, debug) => client.api.hear(listener, debug),
    close: () => client.close(),
  };
  if (config.readOnly) return readable;
  const removal = new Removal(context);
  const directories = new Directories(context);
  return {
    ...readable,
    uploads: new RunUploads(context),
    remove: (files, options) => removal.remove(files, options),
    mkdir: (path, options) => directories.mkdir(path, options),
    rmdir: (path, options) => directories.rmdir(path, options),
  };
}
