import type { Stats } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';

/** Servers tell times in seconds, and their clocks differ from ours: what is younger may change once more unseen. */
const SETTLED_MS = 60_000;

export interface Validators {
  readonly etag: string;
  /** In milliseconds, whole seconds as HTTP tells them. */
  readonly modified: number;
}

/** The tag is weak until the file is old enough for its time to tell it from what it was before (RFC 9110, 8.8.1). */
export function validatorsOf({ ino, size, mtimeMs }: Stats, now = Date.now()): Validators {
  const tag = `"${[ino, size, Math.round(mtimeMs)].map((number) => number.toString(36)).join('-')}"`;
  return {
    etag: now - mtimeMs > SETTLED_MS ? tag : `W/${tag}`,
    modified: Math.floor(mtimeMs / 1000) * 1000,
  };
}

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');

/** The client has it already. If-None-Match, where it is given, decides alone. */
export function isUnchanged(headers: IncomingHttpHeaders, { etag, modified }: Validators): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined)
    return tags.trim() === '*' || tags.split(',').some((tag) => opaque(tag) === opaque(etag));
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return modified <= since;
}

/** A range may be sent: it is of the file that the client has the rest of, which only a strong tag can tell. */
export function isSameForRange(headers: IncomingHttpHeaders, { etag }: Validators): boolean {
  const condition = headers['if-range'];
  return condition === undefined || (!etag.startsWith('W/') && String(condition).trim() === etag);
}
