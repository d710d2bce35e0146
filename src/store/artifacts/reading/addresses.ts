import {
  ArtifactFileAddressesDocument,
  type ArtifactFileRowFragment,
  MembershipFileAddressesDocument,
} from '../../../wire/generated.js';
import { FileAddresses } from '../../common/content.js';
import type { ArtifactsContext } from '../context.js';
import type { Version } from '../listing/version-queries.js';

/** A file by the server's name of it, in a version. */
export interface VersionFile {
  readonly version: Version;
  readonly name: string;
}

/** The URLs of the files of versions; references have none. */
export const fileAddresses = (context: ArtifactsContext) =>
  new FileAddresses<VersionFile, ArtifactFileRowFragment>(context, {
    nameOf: ({ name }) => name,
    // The same version may be reached in several collections, with other rights.
    placeOf: ({ version: { id, isMembership, collectionId } }) =>
      isMembership ? `${id} in ${collectionId}` : id,
    // A version's files never change, so one address is as good as another.
    keyOf: ({ version, name }) => `${version.id}\0${name}`,
    // Both addresses of a reference are its URI.
    addressOf: ({ url, directUrl }) => (url === directUrl ? null : { direct: directUrl, api: url }),
    ask: ({ version }, names, signal) => askRows(context, version, names, signal),
  });

async function askRows(
  context: ArtifactsContext,
  { id, isMembership, entity, project, collection, name: alias }: Version,
  names: readonly string[],
  signal: AbortSignal,
) {
  const page = { names, first: names.length };
  if (!isMembership) {
    const { artifact } = await context.rows(ArtifactFileAddressesDocument, { id, ...page }, signal);
    return artifact?.files;
  }
  const variables = { entity, project, collection, alias, ...page };
  const answer = await context.rows(MembershipFileAddressesDocument, variables, signal);
  return answer.project?.artifactCollection?.artifactMembership?.files;
}
