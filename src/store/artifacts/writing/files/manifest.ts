import { Failure } from '../../../../contract/failure.js';
import type { WireClient } from '../../../../wire/api/client.js';
import {
  type ArtifactManifestType,
  CreateArtifactManifestDocument,
  type CreateArtifactManifestMutation,
  UpdateArtifactManifestDocument,
} from '../../../../wire/generated.js';
import { uploadHeaders } from '../../../../wire/transfer/upload.js';
import { isWireFailure } from '../../../../wire/wire-failure.js';
import type { StoreContext } from '../../../common/context.js';
import type { ManifestEntry } from '../../manifest/format.js';
import { writeManifest } from '../../manifest/writer.js';
import type { CollectionName } from '../../places.js';
import { isRefusal, ofStorage } from '../failures.js';

/** The version that is being made. */
export interface Target {
  readonly place: CollectionName;
  readonly artifactId: string;
  /** The version that this one builds on: the latest so far, if any. */
  readonly baseId: string | null;
  readonly run: string;
  readonly type: ArtifactManifestType;
  /** Of the storage; null: the server chooses. */
  readonly region: string | null;
}

interface AnnouncedTarget extends Target {
  readonly manifestId: string;
}

/** Where the manifest is to be sent. */
interface Destination {
  readonly uploadUrl?: string | null | undefined;
  readonly uploadHeaders?: readonly string[] | undefined;
}

const FILE_NAMES: Readonly<Record<ArtifactManifestType, string>> = {
  FULL: 'wandb_manifest.json',
  INCREMENTAL: 'wandb_manifest.incremental.json',
  PATCH: 'wandb_manifest.patch.json',
};

/** Announces the manifest of a version, so that files can name it; resolves with its id. */
export async function announceManifest(
  { client }: StoreContext,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<string> {
  const made = await createManifest(client, target, '', signal);
  if (!made) throw new Failure('EPROTO', "The server didn't answer with the manifest.");
  return made.artifactManifest.id;
}

/** Uploads the manifest of a version, when all its files are at the storage. */
export async function uploadManifest(
  context: StoreContext,
  target: AnnouncedTarget,
  entries: readonly ManifestEntry[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { bytes, digest } = writeManifest(entries, target.region);
  for (let isAgain = false; ; isAgain = true) {
    const { uploadUrl, uploadHeaders: lines = [] } = await destinationOf(context, target, digest, signal);
    if (!uploadUrl) throw new Failure('EPROTO', 'The server gave no address to upload the manifest to.');
    const headers = uploadHeaders(lines);
    try {
      await context.transfers.upload(
        context.absolute(uploadUrl),
        headers,
        { kind: 'bytes', bytes },
        { signal },
      );
      return;
    } catch (error) {
      // The address may have expired under retries: another one is asked for, once.
      if (isAgain || !isWireFailure(error) || !isRefusal(error)) throw ofStorage(error);
    }
  }
}

/** Asking again for a manifest of the same version is asking for its address: the server keeps one record of each. */
async function destinationOf(
  { client }: StoreContext,
  target: AnnouncedTarget,
  digest: string,
  signal: AbortSignal | undefined,
): Promise<Destination> {
  if (target.type === 'FULL') {
    return (await createManifest(client, target, digest, signal))?.artifactManifest.file ?? {};
  }
  // As the SDK does: the base was told with the announcement.
  const input = { artifactManifestID: target.manifestId, digest, baseArtifactID: null };
  const answer = await client.run(UpdateArtifactManifestDocument, { input }, { signal });
  return answer.updateArtifactManifest?.artifactManifest.file ?? {};
}

/** @param digest of the manifest's file; empty as long as there is none, and then no address is asked for */
async function createManifest(
  client: WireClient,
  target: Target,
  digest: string,
  signal: AbortSignal | undefined,
): Promise<CreateArtifactManifestMutation['createArtifactManifest']> {
  const create = async (from: Target) => {
    const variables = { input: inputOf(from, digest), includeUpload: digest !== '' };
    return (await client.run(CreateArtifactManifestDocument, variables, { signal })).createArtifactManifest;
  };
  try {
    return await create(target);
  } catch (error) {
    const isGone = error instanceof Failure && error.code === 'ENOENT' && target.baseId !== null;
    if (!isGone || target.type !== 'FULL') throw error;
    // The latest version was deleted meanwhile. A whole version doesn't need it.
    return create({ ...target, baseId: null });
  }
}

const inputOf = ({ place, artifactId, baseId, run, type }: Target, digest: string) => ({
  artifactID: artifactId,
  baseArtifactID: baseId,
  name: FILE_NAMES[type],
  digest,
  entityName: place.entity,
  projectName: place.project,
  runName: run,
  type,
});
