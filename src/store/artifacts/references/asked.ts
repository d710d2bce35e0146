import { Failure } from '../../../contract/failure.js';
import type { Span } from '../../common/content/download.js';
import type { ManifestEntry } from '../manifest/manifest.js';
import { shown } from './uri.js';

export interface Asked {
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
