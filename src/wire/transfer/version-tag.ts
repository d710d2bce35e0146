/**
 * What a storage says that names one version of a content. A strong ETag does by itself; where there is none, all else
 * together that changes with the content, behind 'W/', for nobody can ask for it (RFC 9110, 13.1.1): it is compared when
 * the answer is there.
 */
export function versionTagOf(headers: Readonly<Record<string, string>>): string | null {
  const etag = headers.etag?.trim() || null;
  if (etag !== null && !etag.startsWith('W/')) return etag;
  const said = NAMES.flatMap((name) => (headers[name] ? [`${name}=${headers[name]}`] : []));
  if (etag === null && said.length === 0) return null;
  return ['W/', ...(etag === null ? [] : [`etag=${etag}`]), ...said].join('\n');
}

/** Versions of buckets (GCS, S3, Azure), digests of whole objects, and what any web server knows. */
const NAMES = [
  'x-goog-generation',
  'x-goog-hash',
  'x-amz-version-id',
  'x-ms-version-id',
  'x-ms-blob-content-md5',
  'last-modified',
];

/** For If-Match; null: the storage can't be asked for it. */
export const askable = (tag: string | null): string | null =>
  tag === null || tag.startsWith('W/') ? null : tag;

/** Do two answers speak of different contents? What only one of them says tells nothing. */
export function isOtherVersion(one: string | null, other: string | null): boolean {
  if (one === null || other === null || one === other) return false;
  const others = partsOf(other);
  return [...partsOf(one)].some(([name, value]) => (others.get(name) ?? value) !== value);
}

function partsOf(tag: string): ReadonlyMap<string, string> {
  const lines = tag.startsWith('W/\n') ? tag.split('\n').slice(1) : [`etag=${tag}`];
  return new Map(
    lines.map((line) => {
      const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(line) ?? [];
      return [name, name === 'etag' ? bare(value) : value];
    }),
  );
}

const bare = (etag: string): string => etag.replace(/^W\//, '').replaceAll('"', '');
