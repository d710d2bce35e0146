import type { WireConfig } from '../config/config.js';
import type { Store } from '../contract/store.js';
import type { WireDependencies } from '../wire/api/api.js';
import { WireClient } from '../wire/api/client.js';
import { deleteDirectory, makeDirectory } from './runs/directories.js';
import { consoleOf } from './runs/knowledge/console.js';
import { factsOf } from './runs/knowledge/facts.js';
import { alikeRuns, findRuns } from './runs/knowledge/finding.js';
import { listDirectory, listPage } from './runs/listings.js';
import { Lookups } from './runs/lookups.js';
import { readFile, readNewest, signedUrl } from './runs/reading.js';
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
export const createRunsStore = (config: WireConfig, dependencies: WireDependencies = {}): Store =>
  runsStoreOf(new RunsContext(new WireClient(config, dependencies)));

/** The same over a context that somebody else looks at, too. */
export function runsStoreOf(context: RunsContext): Store {
  const readable: Store = {
    shape: RUNS_SHAPE,
    lookup: new Lookups(context).lookup,
    list: (path, { signal, after }) => listDirectory(context, path, signal, after),
    page: (path, options) => listPage(context, path, options),
    read: (entry, range, options) => readFile(context, entry, range, options),
    readNewest: (entry, options) => readNewest(context, entry, options),
    info: (path, { signal }) => factsOf(context, path, signal),
    signedUrl: (entry, { signal }) => signedUrl(context, entry, signal),
    find: (query, { signal }) => findRuns(context, query, signal),
    consoleLines: (query, { signal }) => consoleOf(context, query, signal),
    alike: (path, options) => alikeRuns(context, path, options),
    onWarning: (listener, debug) => context.client.api.hear(listener, debug),
    close: () => context.client.close(),
  };
  if (context.client.config.readOnly) return readable;
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
