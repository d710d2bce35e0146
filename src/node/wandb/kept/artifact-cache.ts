import { cacheDirectory } from '../../../config/artifacts.js';
import { loadCacheTools } from '../../../io/owner/store-choice.js';
import { asLocalPath } from '../../arguments/paths.js';
import { asInteger, asObject, assertKnownOptions } from '../../arguments/validate.js';

/** What the content-addressed cache of artifacts holds, which the official SDK shares. */
export interface ArtifactCacheUsage {
  /** The absolute path of the directory. */
  readonly directory: string;
  readonly files: number;
  readonly bytes: number;
}

export interface ArtifactCacheOptions {
  /** As the option `artifactCache`: a directory, which the SDK finds as `WANDB_CACHE_DIR`. @default the SDK's own */
  readonly artifactCache?: string | URL | undefined;
  /**
   * What was used least recently goes, until no more than so many bytes are left; what was left behind half-written for a day
   * goes, too. What is needed again is fetched again.
   *
   * @default nothing goes
   */
  readonly cleanTo?: number | undefined;
}

/**
 * Tells how much is cached, behind cleaning it where that is asked for.
 *
 * Rejects as `node:fs` does for a directory that can't be read or changed; none that isn't there.
 */
export async function artifactCache(options: ArtifactCacheOptions = {}): Promise<ArtifactCacheUsage> {
  const given = asObject(options, 'options');
  assertKnownOptions(given, ['artifactCache', 'cleanTo'], 'artifactCache');
  const place =
    given.artifactCache === undefined ? true : asLocalPath(given.artifactCache, 'options.artifactCache');
  const limit = given.cleanTo === undefined ? null : asInteger(given.cleanTo, 'options.cleanTo', 0);
  const directory = cacheDirectory(place);
  const { evict, usageOf } = await loadCacheTools();
  return { directory, ...(await (limit === null ? usageOf(directory) : evict(directory, limit))) };
}
