import type { Info } from '../listing/info.js';
import type { ArtifactParts } from '../parts.js';

/** What the writing half takes from the reading one. */
export interface WritingContext extends Pick<ArtifactParts, 'versions' | 'manifests'> {
  /** The wire, the batch sizes that worked, the server's features, organisations. */
  readonly store: ArtifactParts['context'];
  readonly info: Info;
}
