import type { WireConfig } from '../config/config.js';
import type { Store } from '../contract/store.js';
import type { WireDependencies } from '../wire/api/api.js';
import { WireClient } from '../wire/api/client.js';
import { deleteDirectory, makeDirectory } from './runs/directories.js';
import { factsOf } from './runs/facts.js';
import { alikeRuns, findRuns } from './runs/finding.js';
import { listDirectory, listPage } from './runs/listings.js';
import { Lookups } from './runs/lookups.js';
import { fileAddresses, Reading } from './runs/reading.js';
import { removeFiles } from './runs/removal.js';
import { RUNS_SHAPE } from './runs/shape.js';
import { RunsContext } from './runs/tree.js';
import { declareFiles, markUploaded, putFile } from './runs/uploads.js';

/**
 * W&B's run files: `<entity>/<project>/<run>/<file…>`. A directory's name is the run's `name` (its id in paths), not
 * its display name. With `readOnly` it has nothing that changes anything.
 *
 * @param dependencies what makes the requests, in place of an own undici agent; a clock for tests
 */
export function createRunsStore(config: WireConfig, dependencies: WireDependencies = {}): Store {
  const context = new RunsContext(new WireClient(config, dependencies));
  const addresses = fileAddresses(context);
  const lookups = new Lookups(context, addresses);
  const reading = new Reading(context, addresses);
  const readable: Store = {
    shape: RUNS_SHAPE,
    lookup: lookups.lookup,
    list: (path, { signal }) => listDirectory(context, path, signal),
    page: (path, options) => listPage(context, path, options),
    read: (entry, range, options) => reading.read(entry, range, options),
    readNewest: (entry, options) => reading.readNewest(entry, options),
    info: (path, { signal }) => factsOf(context, path, signal),
    signedUrl: (entry, { signal }) => reading.signedUrl(entry, signal),
    find: (query, { signal }) => findRuns(context, query, signal),
    alike: (path, options) => alikeRuns(context, path, options),
    onWarning: (listener, debug) => context.client.api.hear(listener, debug),
    close: () => context.client.close(),
  };
  if (config.readOnly) return readable;
  return {
    ...readable,
    uploads: {
      declare: (paths, options) => declareFiles(context, paths, options),
      put: (ticket, source, options) => putFile(context, ticket, source, options),
      finish: (tickets, options) => markUploaded(context, tickets, options),
    },
    remove: (files, options) => removeFiles(context, files, options),
    mkdir: (path, options) => makeDirectory(context, path, options),
    rmdir: (path, options) => deleteDirectory(context, path, options),
  };
}
