import { Failure } from '../../../contract/failure.js';
import type { Span } from '../../common/content.js';
import type { ManifestEntry } from '../manifest/format.js';

/** The scheme of a URI in lower case; null for what isn't one. */
export const schemeOf = (uri: string): string | null =>
  /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase() ?? null;

/** A URI as it may stand in messages: queries sign, and the part before '@' logs in. */
export function shown(uri: string): string {
  const bare = uri.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
  return bare.length > LONGEST ? `${bare.slice(0, LONGEST)}…` : bare;
}

const LONGEST = 200;

interface ArtifactReference {
  /** Global. */
  readonly id: string;
  /** The server's name of a file of that artifact. */
  readonly path: string;
}

/** What `wandb-artifact://<hex of the id's bytes>/<path>` leads to (protocol section 6.5); null for other URIs. */
export function parseArtifactReference(uri: string): ArtifactReference | null {
  const [, hex, path] = /^wandb-artifact:\/\/((?:[0-9a-f]{2})+)\/(.+)$/is.exec(uri) ?? [];
  if (hex === undefined || path === undefined) return null;
  return { id: Buffer.from(hex, 'hex').toString('base64'), path };
}

export interface ReferenceRead {
  readonly uri: string;
  readonly file: ManifestEntry;
  /** Of the content, in bytes; null: nobody knows. */
  readonly size: number | null;
  readonly span: Span;
  readonly etag: string | null;
  readonly signal: AbortSignal | undefined;
}

export const changed = (uri: string, cause: string): Failure =>
  new Failure('EBADMSG', `What is at ${shown(uri)} isn't what the version recorded.`, cause);
