import { createHasher, type DigestAlgorithm, hexOf } from '../content-digest.js';
import type { ManifestEntry } from './manifest.js';

const MANIFEST_HEADER = 'wandb-artifact-manifest-v1\n';
/** Entries that are hashed at once: joined they cost less than one by one. */
const ENTRIES_AT_ONCE = 1000;

/**
 * The digest of an artifact, hex: of the paths and digests of its entries, which have to be sorted (protocol section
 * 7.4).
 */
export async function digestManifest(
  entries: readonly Pick<ManifestEntry, 'path' | 'digest'>[],
  algorithm: DigestAlgorithm,
): Promise<string> {
  const hasher = await createHasher(algorithm);
  for (const lines of linesOf(entries)) hasher.update(Buffer.from(lines));
  return hexOf(hasher.digest());
}

function* linesOf(entries: readonly Pick<ManifestEntry, 'path' | 'digest'>[]): Generator<string> {
  yield MANIFEST_HEADER;
  for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
    const lines = entries.slice(at, at + ENTRIES_AT_ONCE).map(({ path, digest }) => `${path}:${digest}\n`);
    yield lines.join('');
  }
}

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Sorts by code point, which is the order of UTF-8's bytes. JavaScript compares UTF-16 units instead, which is the same
 * only as long as nothing lies outside the basic plane.
 */
export function sortedByPath<T extends { readonly path: string }>(entries: readonly T[]): T[] {
  const isPlain = !entries.some(({ path }) => SURROGATE.test(path));
  return [...entries].sort((a, b) =>
    isPlain ? (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) : compareCodePoints(a.path, b.path),
  );
}

function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Surrogates stand for what lies behind all of the basic plane. */
const rank = (unit: number): number => ((unit & 0xf800) === 0xd800 ? unit + 0x10000 : unit);
