import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { createXXHash128 } from 'hash-wasm';
import { isObject, readSent } from '../graphql/json.js';
import { md5Of } from '../storage/objects.js';
import type { Contents, DigestAlgorithm, Manifest, ManifestEntry, StorageLayout } from './records.js';

/** What a manifest's JSON says. */
export interface ManifestBody {
  readonly layout: StorageLayout;
  readonly region: string | null;
  readonly entries: ReadonlyMap<string, ManifestEntry>;
}

/** Throws a GraphQLError for what no client could read. */
export function parseManifest(bytes: Uint8Array): ManifestBody {
  const body: unknown = readSent('invalid artifact manifest: it is not JSON', () =>
    JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()),
  );
  if (!isObject(body) || body.version !== 1) throw invalid('its version is not 1');
  if (body.storagePolicy !== 'wandb-storage-policy-v1') throw invalid('its storage policy is not known');
  const config = body.storagePolicyConfig ?? {};
  if (!isObject(config)) throw invalid('its storage policy has no configuration');
  if (!isObject(body.contents)) throw invalid('it has no contents');
  const entries = new Map<string, ManifestEntry>();
  for (const [path, entry] of Object.entries(body.contents)) entries.set(path, parseEntry(path, entry));
  return {
    layout: config.storageLayout === 'V2' ? 'V2' : 'V1',
    region: typeof config.storageRegion === 'string' ? config.storageRegion : null,
    entries,
  };
}

function parseEntry(path: string, entry: unknown): ManifestEntry {
  if (!isObject(entry) || typeof entry.digest !== 'string') {
    throw invalid(`its entry ${JSON.stringify(path)} has no digest`);
  }
  const { digest, size, ref, birthArtifactID, extra } = entry;
  return {
    path,
    digest,
    size: typeof size === 'number' ? size : null,
    ref: typeof ref === 'string' ? ref : null,
    birthArtifactID: typeof birthArtifactID === 'string' ? birthArtifactID : null,
    extra: isObject(extra) ? extra : {},
  };
}

const invalid = (why: string): GraphQLError => new GraphQLError(`invalid artifact manifest: ${why}`);

/** The JSON of a manifest, as the service writes it where it makes one itself. */
export function manifestJson({ layout, region, entries }: ManifestBody): Buffer {
  const contents = sorted(entries.values()).map((entry): [string, unknown] => [
    entry.path,
    {
      digest: entry.digest,
      ...(entry.ref !== null && { ref: entry.ref }),
      ...(entry.birthArtifactID !== null && { birthArtifactID: entry.birthArtifactID }),
      ...(entry.size !== null && { size: entry.size }),
      ...(Object.keys(entry.extra).length > 0 && { extra: entry.extra }),
    },
  ]);
  const config = {
    ...(layout === 'V2' && { storageLayout: layout }),
    ...(region !== null && { storageRegion: region }),
  };
  return Buffer.from(
    JSON.stringify({
      version: 1,
      storagePolicy: 'wandb-storage-policy-v1',
      storagePolicyConfig: config,
      // Not by assignment: a file may be called __proto__.
      contents: Object.fromEntries(contents),
    }),
  );
}

export function contentsOf(manifest: Manifest, body: ManifestBody): Contents {
  const entries = sorted(body.entries.values());
  return {
    manifest,
    layout: body.layout,
    region: body.region ?? 'default',
    entries,
    byPath: new Map(entries.map((entry, index) => [entry.path, index])),
    size: entries.reduce((sum, entry) => sum + (entry.size ?? 0), 0),
  };
}

/** The digest of an artifact: over its paths and their digests, sorted by code point. */
export function artifactDigest(
  entries: Iterable<ManifestEntry>,
  algorithm: DigestAlgorithm,
  xxh128: (bytes: Uint8Array) => Buffer,
): string {
  const lines = sorted(entries).map(({ path, digest }) => `${path}:${digest}\n`);
  const bytes = Buffer.from(`wandb-artifact-manifest-v1\n${lines.join('')}`);
  return algorithm === 'MANIFEST_XXH128'
    ? xxh128(bytes).toString('hex')
    : createHash('md5').update(bytes).digest('hex');
}

/** Half of what stands for a code point above U+FFFF. */
const SURROGATE = /[\ud800-\udfff]/;

/** By code point, which is the order of their bytes; that of UTF-16 units is another one only where there are surrogates. */
function sorted(entries: Iterable<ManifestEntry>): ManifestEntry[] {
  const all = [...entries];
  if (!all.some(({ path }) => SURROGATE.test(path)))
    return all.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  return all
    .map((entry) => ({ entry, bytes: Buffer.from(entry.path) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ entry }) => entry);
}

/** The digests that artifacts use, once XXH128 is loaded. */
export interface Digests {
  readonly xxh128: (bytes: Uint8Array) => Buffer;
  /** The digest of a file, as a manifest gives it. */
  readonly ofFile: (bytes: Uint8Array, algorithm: DigestAlgorithm) => string;
}

export async function loadDigests(): Promise<Digests> {
  const hasher = await createXXHash128();
  const xxh128 = (bytes: Uint8Array): Buffer => Buffer.from(hasher.init().update(bytes).digest('hex'), 'hex');
  return {
    xxh128,
    ofFile: (bytes, algorithm) =>
      algorithm === 'MANIFEST_XXH128' ? xxh128(bytes).toString('base64') : md5(bytes),
  };
}

export const md5 = (bytes: Uint8Array): string => md5Of(bytes).toString('base64');
