import { Failure } from '../../../contract/failure.js';
import { hasTooLongName, LONGEST_NAME_BYTES } from '../../../contract/tree-path.js';
import { isObject } from '../../common/facts.js';
import { plausibleSize } from '../../common/rows.js';
import type { DigestAlgorithm } from '../content.js';

/** One file of a version, as its manifest tells of it (protocol section 6.3). What the uploader's disk was like isn't kept. */
export interface ManifestEntry {
  /** The server's name of the file: its path in the version. */
  readonly path: string;
  /** Base64 of the content's digest; of a reference whatever names its content: an ETag, a URI, a digest. */
  readonly digest: string;
  readonly algorithm: DigestAlgorithm;
  /** Bytes; null where the manifest doesn't tell. */
  readonly size: number | null;
  /** The URI of content that lies elsewhere. */
  readonly ref: string | null;
  /** The artifact with which these bytes came to the storage; null of references, and in old versions. */
  readonly birthArtifactId: string | null;
  /** `etag`, `versionID`, `alg` and whatever else the writer noted. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface Manifest {
  readonly layout: 'V1' | 'V2';
  /** As the storage's own addresses name it. */
  readonly region: string;
  /** By path, in the manifest's order. A path that is also a directory (`a` beside `a/b`) is among them. */
  readonly entries: ReadonlyMap<string, ManifestEntry>;
  /** Has this path files below it? */
  isDirectory(path: string): boolean;
  /** What it takes in memory, roughly, in bytes. */
  readonly weight: number;
}

/** As manifests name the region that they don't name. */
export const ANY_REGION = 'default';

/** Of a manifest's file. One line of JSON takes some 200 bytes, so more than a million files fit. */
export const MOST_MANIFEST_BYTES = 256 * 1024 * 1024;

const OVERHEAD = 400;
/** No system opens longer ones (PATH_MAX). */
const LONGEST_PATH_BYTES = 4096;
const LONGEST_QUOTE = 100;
const NOTHING_MORE: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Reads a version's manifest. The file may be anybody's: nothing of it is trusted.
 *
 * One path that the SDK refuses too (absolute, with a drive, with a `..` component by either kind of slash, or naming
 * nothing), or that no system can open, makes the version unreadable, for a version that silently lacks a file is worse than one that says what is
 * wrong with it. Any other name can be shown and opened, percent-encoded where POSIX can't hold it. Of a key that stands
 * twice the last one counts, as for the SDK.
 *
 * @param text JSON in UTF-8
 * @throws EFBIG above `MOST_MANIFEST_BYTES`; EPROTO for what isn't a manifest of version 1, naming the entry
 */
export function parseManifest(text: Uint8Array): Manifest {
  if (text.byteLength > MOST_MANIFEST_BYTES) throw tooLarge(text.byteLength);
  const manifest = parseJson(text);
  if (!isObject(manifest)) throw malformed("it isn't a JSON object");
  if (manifest.version !== 1) {
    throw malformed(`its version is ${quote(manifest.version)}, and only version 1 is known`);
  }
  const { contents } = manifest;
  if (!isObject(contents)) throw malformed('it has no `contents`');
  const { layout, region } = placementOf(manifest.storagePolicyConfig);
  const entries = new Map<string, ManifestEntry>();
  let weight = 0;
  for (const path of Object.keys(contents)) {
    const entry = entryOf(path, contents[path]);
    entries.set(path, entry);
    weight += OVERHEAD + 2 * path.length + entry.digest.length + (entry.ref?.length ?? 0);
  }
  // What entries note beside is kept, too.
  weight = Math.max(weight, text.byteLength);
  return { layout, region, entries, isDirectory: directoryTest(entries), weight };
}

export const tooLarge = (bytes: number): Failure =>
  new Failure(
    'EFBIG',
    `The version's manifest has ${bytes} bytes; manifests are read up to ${MOST_MANIFEST_BYTES}.`,
  );

/** `JSON.parse` makes own properties of all keys, `__proto__` too: none changes what others mean. */
function parseJson(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (error) {
    // Besides syntax: bytes that aren't UTF-8, nesting that exhausts the stack.
    throw malformed("it isn't JSON in UTF-8", String(error));
  }
}

function placementOf(config: unknown): Pick<Manifest, 'layout' | 'region'> {
  const { storageLayout, storageRegion } = isObject(config) ? config : NOTHING_MORE;
  const layout = storageLayout ?? 'V1';
  if (layout !== 'V1' && layout !== 'V2') throw malformed(`its storage layout is ${quote(layout)}`);
  const region = storageRegion ?? ANY_REGION;
  if (typeof region !== 'string') throw malformed(`its storage region is ${quote(region)}`);
  return { layout, region };
}

function entryOf(path: string, entry: unknown): ManifestEntry {
  if (isUnsafe(path)) {
    throw malformed(`its entry ${quote(path)} has a path that would leave the version`);
  }
  if (path.length > LONGEST_PATH_BYTES || Buffer.byteLength(path) > LONGEST_PATH_BYTES) {
    throw malformed(`its entry ${quote(path)} has a path of more than ${LONGEST_PATH_BYTES} bytes`);
  }
  if (hasTooLongName(path)) {
    throw malformed(`its entry ${quote(path)} has a name of more than ${LONGEST_NAME_BYTES} bytes`);
  }
  const wrong = (what: string): Failure =>
    malformed(`${what} of its entry ${quote(path)} is of a wrong type`);
  if (!isObject(entry)) throw wrong('the value');
  const { digest, ref = null, birthArtifactID = null } = entry;
  if (typeof digest !== 'string') throw wrong('the digest');
  if (ref !== null && typeof ref !== 'string') throw wrong('the reference');
  if (birthArtifactID !== null && typeof birthArtifactID !== 'string') throw wrong('the artifact');
  const noted = sizeOf(entry.size);
  if (noted === undefined) throw wrong('the size');
  const extra = entry.extra ?? NOTHING_MORE;
  if (!isObject(extra)) throw wrong('`extra`');
  const algorithm = algorithmOf(extra.alg);
  if (algorithm === null) throw malformed(`the digest of its entry ${quote(path)} is of an unknown kind`);
  // The SDK notes 0 for references whose size nobody told it, too; of other content than none that isn't its size.
  const size = ref !== null && noted === 0 ? null : plausibleSize(noted, digest);
  return { path, digest, algorithm, size, ref, birthArtifactId: birthArtifactID, extra };
}

/** Undefined for what is no size. Old writers of references noted what the HTTP header said, as text. */
function sizeOf(value: unknown): number | null | undefined {
  if (value === undefined || value === null) return null;
  const size = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

function algorithmOf(alg: unknown): DigestAlgorithm | null {
  if (alg === undefined || alg === null) return 'md5';
  if (typeof alg !== 'string') return null;
  const name = alg.toLowerCase();
  return name === 'md5' || name === 'xxh128' ? name : null;
}

/** Would this path lead anywhere but below its directory, on any system? (Protocol section 8.2.) */
function isUnsafe(path: string): boolean {
  if (/^(?:[/\\]|[a-z]:)/i.test(path)) return true;
  const components = path.split(/[/\\]/);
  return components.includes('..') || components.every((name) => name === '' || name === '.');
}

/** Sorted paths rather than all their prefixes: a few long paths have more of those than memory holds. */
function directoryTest(entries: ReadonlyMap<string, unknown>): (path: string) => boolean {
  let sorted: string[] | null = null;
  return (path) => {
    sorted ??= [...entries.keys()].sort();
    const prefix = `${path}/`;
    let low = 0;
    for (let high = sorted.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] ?? '') < prefix) low = middle + 1;
      else high = middle;
    }
    return sorted[low]?.startsWith(prefix) ?? false;
  };
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'missing');
  const clipped = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return typeof value === 'string' ? JSON.stringify(clipped) : clipped;
}

const malformed = (what: string, cause: string | null = null): Failure =>
  new Failure('EPROTO', `The version's manifest can't be read: ${what}.`, cause);
