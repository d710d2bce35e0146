import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { childPath, parentOf } from '../../../contract/tree-path.js';
import {
  ListArtifactTypesDocument,
  ListCollectionsDocument,
  ListVersionsDocument,
} from '../../../wire/generated.js';
import { directoryEntry } from '../../common/levels/directory-entry.js';
import { nodesOf } from '../../common/levels/nodes.js';
import { type FetchPage, onlyPage, type Page, pagesOf, restOf } from '../../common/levels/pages.js';
import { listProjects } from '../../common/levels/upper-levels.js';
import { isVersionName } from '../names.js';
import type { ArtifactParts } from '../parts.js';
import { type CollectionName, placeOf } from '../places.js';
import { collectionEntry } from './entries.js';
import { aliasesIn, membershipEntries } from './memberships.js';

/** As the SDK asks: versions that are still being written, or were deleted, aren't there. */
const COMMITTED = '{"state":"COMMITTED"}';

type Parts = Pick<ArtifactParts, 'context' | 'versions' | 'manifests' | 'resolver'>;

/** Lists directories, page by page; a version by its manifest. */
export class Listings {
  constructor(private readonly parts: Parts) {}

  list(path: TreePath, signal: AbortSignal | undefined): AsyncGenerator<readonly Entry[]> {
    const { names, unit } = placeOf(path);
    if (unit !== null) return this.files(unit, signal);
    const [entity] = names;
    const { context } = this.parts;
    if (entity === undefined) {
      return pagesOf(context, async () => onlyPage(await context.organizations.list(signal)));
    }
    return pagesOf(context, (after, first) =>
      context.organizations.below(entity, signal, (server) =>
        this.fetchOf(path, [server, ...names.slice(1)], signal)(after, first),
      ),
    );
  }

  private fetchOf(
    path: TreePath,
    [entity = '', project, type, collection]: readonly string[],
    signal: AbortSignal | undefined,
  ): FetchPage {
    const { context } = this.parts;
    if (project === undefined) {
      return (after, first) => listProjects(context, { entity, path }, after, first, signal);
    }
    if (type === undefined) {
      return (after, first) => this.types(path, { entity, project, after, first }, signal);
    }
    if (collection === undefined) {
      return (after, first) => this.collections(path, { entity, project, type, after, first }, signal);
    }
    const name = { entity, project, type, collection };
    return (after, first) => this.collection(path, name, { after, first }, signal);
  }

  private async types(
    path: TreePath,
    variables: { entity: string; project: string; after: string | null; first: number },
    signal: AbortSignal | undefined,
  ): Promise<Page | null> {
    const { context } = this.parts;
    const options = context.sized(variables.first, signal);
    const { project } = await context.client.run(ListArtifactTypesDocument, variables, options);
    if (!project) return null;
    return {
      entries: nodesOf(project.artifactTypes).map((type) => directoryEntry(childPath(path, type.name), type)),
      ...restOf(project.artifactTypes),
    };
  }

  private async collections(
    path: TreePath,
    variables: { entity: string; project: string; type: string; after: string | null; first: number },
    signal: AbortSignal | undefined,
  ): Promise<Page | null> {
    const { context } = this.parts;
    const options = context.sized(variables.first, signal);
    const { project } = await context.client.run(ListCollectionsDocument, variables, options);
    if (!project?.artifactType) return null;
    const { artifactCollections } = project.artifactType;
    return {
      entries: nodesOf(artifactCollections).flatMap(
        (each) => collectionEntry(childPath(path, each.name), each) ?? [],
      ),
      ...restOf(artifactCollections),
    };
  }

  /** Versions by their numbers in this collection, and its own aliases of them. */
  private async collection(
    path: TreePath,
    name: CollectionName,
    page: { readonly after: string | null; readonly first: number },
    signal: AbortSignal | undefined,
  ): Promise<Page | null> {
    const { context } = this.parts;
    const variables = { ...name, ...page, filters: COMMITTED };
    const options = context.sized(page.first, signal);
    const { project } = await context.client.run(ListVersionsDocument, variables, options);
    const found = project?.artifactType?.artifactCollection;
    if (found?.state !== 'READY' || found.defaultArtifactType.name !== name.type) return null;
    const entries = (found.artifacts?.edges ?? []).flatMap(({ version, node }) => {
      if (node.state !== 'COMMITTED' || !isVersionName(version)) return [];
      const aliases = aliasesIn(found.id, node.aliases);
      return membershipEntries(path, { artifact: node, name: version, aliases });
    });
    return { entries, ...restOf(found.artifacts) };
  }

  private async *files(unit: TreePath, signal: AbortSignal | undefined): AsyncGenerator<readonly Entry[]> {
    const { versions, manifests, resolver } = this.parts;
    const version = await versions.find(unit, signal);
    if (!version) throw new Failure('ENOENT');
    const manifest = await manifests.get(version.id, signal);
    const canonical = childPath(parentOf(unit), version.name);
    yield* resolver.pagesOf(canonical, version, manifest, signal);
  }
}
