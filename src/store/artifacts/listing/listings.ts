import type { Alike, Entry, Page } from '../../../contract/entry.js';
import type { Entries } from '../../../contract/entry-page.js';
import { Failure } from '../../../contract/failure.js';
import { childPath, parentOf, type TreePath } from '../../../contract/tree-path.js';
import type { Signalled } from '../../../contract/uploads.js';
import {
  ListArtifactTypesDocument,
  ListCollectionsDocument,
  ListVersionsDocument,
} from '../../../wire/generated.js';
import { withDeadline } from '../../../wire/retry.js';
import {
  ALIKE_MS,
  alikeInListing,
  type FetchPage,
  onlyPage,
  type PageQuery,
  pageFrom,
  pageOf,
  pagesOf,
} from '../../common/pages.js';
import { directoryEntry, nextOf } from '../../common/rows.js';
import { listProjects } from '../../common/upper-levels.js';
import type { ArtifactsContext } from '../context.js';
import { isVersionName } from '../names.js';
import { type CollectionName, placeOf } from '../places.js';
import { aliasesIn, collectionEntry, membershipEntries } from './entries.js';

/** As the SDK asks: versions that are still being written, or were deleted, aren't there. */
const COMMITTED = '{"state":"COMMITTED"}';

/** Lists a directory, page by page; a version by its manifest. */
export function listDirectory(
  context: ArtifactsContext,
  path: TreePath,
  signal: AbortSignal | undefined,
): AsyncGenerator<Entries> {
  const { unit } = placeOf(path);
  return unit === null
    ? pagesOf(context, fetchAbove(context, path, signal))
    : listFiles(context, unit, signal);
}

/** One page. Null for a version: its files come all at once, as its manifest does. */
export function listPage(
  context: ArtifactsContext,
  path: TreePath,
  { after, signal }: Signalled & Pick<PageQuery, 'after'>,
): Promise<Page<Entries>> | null {
  const isVersion = placeOf(path).unit !== null;
  return isVersion ? null : pageFrom(context, fetchAbove(context, path, signal), after);
}

function fetchAbove(context: ArtifactsContext, path: TreePath, signal: AbortSignal | undefined): FetchPage {
  const [entity, ...names] = placeOf(path).names;
  const { organizations } = context;
  if (entity === undefined) return async () => onlyPage(await organizations.list(signal));
  return (after, first) =>
    organizations.below(entity, signal, (server) =>
      listAbove(context, path, [server, ...names], { after, first }, signal),
    );
}

/** What may have been meant by the name of a project, type or collection that isn't there. */
export async function alikeArtifacts(
  context: ArtifactsContext,
  path: TreePath,
  { signal }: Signalled,
): Promise<Alike | null> {
  const { names, unit } = placeOf(path);
  // Versions have numbers.
  if (names.length < 2 || unit !== null) return null;
  return withDeadline(ALIKE_MS, signal, (bounded) =>
    alikeInListing(path, (parent) => listDirectory(context, parent, bounded)),
  );
}

async function listAbove(
  context: ArtifactsContext,
  path: TreePath,
  [entity = '', project, type, collection]: readonly string[],
  page: PageQuery,
  signal: AbortSignal | undefined,
): Promise<Page | null> {
  if (project === undefined) return listProjects(context, path, { entity, ...page }, signal);
  if (type === undefined) {
    const answer = await context.rows(ListArtifactTypesDocument, { entity, project, ...page }, signal);
    return pageOf(answer.project?.artifactTypes, (each) => directoryEntry(childPath(path, each.name), each));
  }
  const query = { entity, project, type, ...page };
  if (collection !== undefined) return listVersions(context, path, { ...query, collection }, signal);
  const answer = await context.rows(ListCollectionsDocument, query, signal);
  return pageOf(answer.project?.artifactType?.artifactCollections, (each) =>
    collectionEntry(childPath(path, each.name), each),
  );
}

/** Versions by their numbers in this collection, and its own aliases of them. */
async function listVersions(
  context: ArtifactsContext,
  path: TreePath,
  query: PageQuery & CollectionName,
  signal: AbortSignal | undefined,
): Promise<Page | null> {
  const { project } = await context.rows(ListVersionsDocument, { ...query, filters: COMMITTED }, signal);
  const found = project?.artifactType?.artifactCollection;
  if (found?.state !== 'READY' || found.defaultArtifactType.name !== query.type) return null;
  const { edges } = found.artifacts;
  const entries = edges.flatMap(({ version, node }) => {
    if (node.state !== 'COMMITTED' || !isVersionName(version)) return [];
    const aliases = aliasesIn(found.id, node.aliases);
    return membershipEntries(path, { artifact: node, name: version, aliases });
  });
  return { entries, rows: edges.length, next: nextOf(found.artifacts) };
}

async function* listFiles(
  { versions, manifests, resolver }: ArtifactsContext,
  unit: TreePath,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly Entry[]> {
  const version = await versions.find(unit, signal);
  if (!version) throw new Failure('ENOENT');
  const manifest = await manifests.get(version.id, signal);
  const canonical = childPath(parentOf(unit), version.name);
  yield* resolver.pagesOf(canonical, version, manifest, signal);
}
