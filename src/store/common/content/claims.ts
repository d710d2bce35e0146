/** Of no bytes. */
const EMPTY_DIGESTS: ReadonlySet<string> = new Set(['1B2M2Y8AsgTpgAmY7PhCfg==', 'maoG0wFHmNhgAcMkRo1Jfw==']);

/** No storage holds larger ones. */
const LARGEST = 2 ** 48;

/**
 * The size that a server claims of a content, in bytes; null where that can't be its size: then the first answer of the
 * storage tells it. A size that is taken as it stands makes files empty, or too large for memory, without a request.
 *
 * @param digest of the content, MD5 or XXH128 in base64; null: not known
 */
export function sizeOf(claim: unknown, digest: string | null): number | null {
  const size = typeof claim === 'string' && /^\d+$/.test(claim) ? Number(claim) : claim;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > LARGEST) return null;
  // Size 0 without a digest: so the service lists what it made itself, whatever its size.
  const isEmpty = digest !== null && EMPTY_DIGESTS.has(digest);
  return isEmpty === (size === 0) ? size : null;
}

/**
 * An MD5 in the one spelling that all of it here has, base64: servers and proxies write hex, other alphabets and no
 * padding, and mean the same bytes. Null for what is none.
 */
export function md5Of(claim: string | null | undefined): string | null {
  const text = claim?.trim() ?? '';
  const bytes = /^[\da-f]{32}$/i.test(text)
    ? Buffer.from(text, 'hex')
    : Buffer.from(/^[\w+/-]{22}(==)?$/.test(text) ? text : '', 'base64');
  return bytes.byteLength === 16 ? bytes.toString('base64') : null;
}
