import { memberOf } from '../artifacts/collections.js';
import { decoded, type HttpAnswer, type HttpRequest, jsonError } from '../server/http.js';
import type { Instance } from '../world/instance.js';

/** An address below `/artifactsV2/` or `/artifacts/`, which answers with a redirect to the storage. */
export function artifactFile(instance: Instance, request: HttpRequest): HttpAnswer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return jsonError(405, 'method not allowed');
  const [, root, ...segments] = request.rawPath.split('/').map(decoded);
  const key = root === 'artifacts' ? keyByDigest(instance, segments) : keyByBirth(instance, segments);
  if (key === null || !instance.storage.get(key)) return jsonError(404, 'artifact file not found');
  return { status: 302, headers: { location: instance.signedUrl('GET', key) } };
}

/** Layout V1: `{entity}/{hex}`. */
function keyByDigest(instance: Instance, [entity = '', hex = '', ...rest]: readonly string[]): string | null {
  const found = instance.world.entities.get(entity);
  return found && rest.length === 0 ? instance.objects.keyInEntity(found.number, hex) : null;
}

/**
 * Layout V2, as clients of different ages ask. The basename is for people: it isn't looked at, and may be cut off.
 *
 * - `{region}/{entity}/{project}/{collection}/{artifactID}/{birthID}/{hex}/{basename}`
 * - `{region}/{entity}/{project}/{collection}/{birthID}/{hex}/{basename}`
 * - `{region}/{entity}/{artifactID or birthID}/{hex}[/{basename}]`
 */
function keyByBirth(instance: Instance, [, entity = '', ...rest]: readonly string[]): string | null {
  const { catalogue, objects } = instance;
  if (rest.length <= 3) {
    const [id = '', hex = ''] = rest;
    return catalogue.artifacts.get(id)?.sequence.project.entity.name === entity
      ? objects.addressed(id, hex)
      : null;
  }
  const [project = '', name = '', ...ids] = rest;
  const found = instance.world.project(entity, project);
  const collection = found?.collections.get(name);
  if (!collection) return null;
  if (ids.length === 3) return objects.addressed(ids[0] ?? '', ids[1] ?? '');
  if (ids.length !== 4 || !instance.hasFeature('ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID'))
    return null;
  const [artifactID = '', birthID = '', hex = ''] = ids;
  const artifact = catalogue.artifacts.get(artifactID);
  return artifact && memberOf(collection, artifact) ? objects.addressed(birthID, hex) : null;
}
