import type { Entry, Lookup } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { Store } from '../../../contract/store.js';
import { childPath, depthOf, parentOf, type TreePath, upperPath } from '../../../contract/tree-path.js';
import { LookUpArtifactTypeDocument, LookUpCollectionDocument } from '../../../wire/generated.js';
import { directoryEntry } from '../../common/rows.js';
import { createLookup, NOTHING, type Outcome, type Question } from '../../common/turn-batch.js';
import { lookUpAbove } from '../../common/upper-levels.js';
import type { ArtifactsContext } from '../context.js';
import { placeOf, UNIT_DEPTH } from '../places.js';
import { aliasEntry, collectionEntry, contentOfRow, fileEntry } from './entries.js';
import { lookUpVersion, type VersionAnswer } from './version-queries.js';

/** Looks at single paths: one request each, and one for all that is asked of a version in one turn. */
export const createArtifactLookup = (context: ArtifactsContext): Store['lookup'] =>
  createLookup({
    unitDepth: UNIT_DEPTH,
    above: async (path, [entity = '', ...names], { signal }) => {
      const look = (server: string) => above(context, path, [server, ...names], signal);
      return (await context.organizations.below(entity, signal, look)) ?? NOTHING;
    },
    ask: (unit, questions, signal) => ask(context, unit, questions, signal),
  });

/** Null: there is no such entity, as far as the answer tells. */
async function above(
  context: ArtifactsContext,
  path: TreePath,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Lookup | null> {
  const { client } = context;
  const [entity = '', project, type, collection] = names;
  if (project === undefined || type === undefined) {
    const lookup = await lookUpAbove(context, path, names, signal);
    return lookup.found === null ? null : lookup;
  }
  const place = { entity, project, type };
  const found =
    collection === undefined
      ? await client.run(LookUpArtifactTypeDocument, place, { signal })
      : await client.run(LookUpCollectionDocument, { ...place, collection }, { signal });
  if (!found.project) return null;
  const { artifactType } = found.project;
  const inner = artifactType && 'artifactCollection' in artifactType ? artifactType.artifactCollection : null;
  const isOfType = inner?.defaultArtifactType.name === type;
  const chain = chainOf(path, found.project, artifactType, isOfType ? inner : null);
  const isThere = chain.length === depthOf(path);
  return { ...NOTHING, found: (isThere && chain.pop()) || null, ancestors: chain };
}

async function ask(
  context: ArtifactsContext,
  unit: TreePath,
  questions: readonly Question[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const { versions, manifests, sizes } = context;
  const { collection, alias } = placeOf(unit);
  if (!collection || alias === null) return questions.map(() => NOTHING);
  const known = versions.peek(unit);
  const hasManifest = known === null || manifests.peek(known.id) === null;
  return sizes.each('names', questions, async (batch) => {
    const names = [...new Set(batch.flatMap(({ file }) => file ?? []))];
    const answer = await lookUpVersion(context, { ...collection, alias }, { names, hasManifest }, signal);
    if (!answer?.member) versions.forgetBelow(unit);
    if (!answer) return batch.map(() => NOTHING);
    const ancestors = chainOf(parentOf(unit), answer.project, answer.type, answer.collection);
    const { member } = answer;
    if (!member) return batch.map(() => ({ ...NOTHING, ancestors }));
    return outcomesOf(context, { unit, alias, member, above: ancestors }, batch, signal);
  });
}

/** A version that was found, at its path or an alias of it. */
interface FoundVersion {
  readonly unit: TreePath;
  readonly alias: string;
  readonly member: NonNullable<VersionAnswer['member']>;
  /** What stands above it. */
  readonly above: readonly Entry[];
}

async function outcomesOf(
  { versions, manifests, addresses, resolver }: ArtifactsContext,
  { unit, alias, member, above }: FoundVersion,
  questions: readonly Question[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const { version, artifact, rows } = member;
  const collection = parentOf(unit);
  const canonical = directoryEntry(childPath(collection, version.name), artifact);
  versions.learn(canonical.path, version);
  const link = version.name === alias ? null : aliasEntry(collection, alias, canonical);
  const known = new Map<string, Entry>();
  for (const row of rows) {
    addresses.remember({ version, name: row.name }, row);
    const content = contentOfRow(row);
    if (!content) continue;
    const facts = { ...content, madeAtMs: version.madeAtMs };
    known.set(row.name, fileEntry(canonical.path, row.name, facts));
  }
  const isPlain = ({ file }: Question): boolean => file === null || known.has(file);
  // What is no plain file takes the manifest: a reference, a directory, nothing. Only these fail with it.
  const manifest = questions.every(isPlain)
    ? manifests.peek(version.id)
    : await settled(manifests.get(version.id, signal));
  const isListed = !(manifest instanceof Failure) && questions.some(({ hasListing }) => hasListing);
  const entries =
    manifest && isListed
      ? await settled(resolver.entriesOf(canonical.path, version, manifest, signal))
      : null;
  const find = async (file: string): Promise<Lookup['found']> => {
    if (manifest instanceof Failure && !known.has(file)) throw manifest;
    if (manifest === null || manifest instanceof Failure) return known.get(file) ?? null;
    // Files and directories of one name: the directory wins, where the manifest was needed to know of it.
    if (manifest.isDirectory(file)) return 'prefix';
    const entry = manifest.entries.get(file);
    return entry ? resolver.entryOf(canonical.path, version, entry, signal) : null;
  };
  const lookup = async ({ file, hasListing }: Question): Promise<Lookup> => {
    if (hasListing && entries instanceof Failure) throw entries;
    const listing =
      hasListing && entries !== null && !(entries instanceof Failure) ? { entries, isComplete: true } : null;
    if (file === null) {
      return link
        ? { found: link, ancestors: [...above, canonical], listing }
        : { found: canonical, ancestors: above, listing };
    }
    const ancestors = [...above, ...(link ? [link] : []), canonical];
    return { found: await find(file), ancestors, listing };
  };
  return Promise.all(questions.map((question) => settled(lookup(question))));
}

/** What came of it, or why nothing did: others go on. */
async function settled<T>(work: Promise<T>): Promise<T | Failure> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

type Facts = Parameters<typeof directoryEntry>[1];

/** The entries of the directories that an answer proves, outermost first. */
function chainOf(
  path: TreePath,
  project: Facts & { readonly entity: Facts },
  type: Facts | null,
  collection: (Facts & { readonly state: string }) | null,
): Entry[] {
  const chain = [
    directoryEntry(upperPath(path, 1), project.entity),
    directoryEntry(upperPath(path, 2), project),
  ];
  if (!type) return chain;
  chain.push(directoryEntry(upperPath(path, 3), type));
  const inner = collection && collectionEntry(upperPath(path, 4), collection);
  if (inner) chain.push(inner);
  return chain;
}
