import type { ArtifactsConfig } from '../../../config/artifacts.js';
import type { StoreContext } from '../../common/context.js';
import type { TreePath } from '../../contract.js';
import type { ManifestFileEntry } from '../manifest-file.js';

/** What a manifest tells of a file, for another one that holds it too. */
export type CopiedEntry = Omit<ManifestFileEntry, 'path'> & {
  /** The region of the storage that holds it, as its manifest names it. @default 'default' */
  readonly region?: string | undefined;
};

/** What writing takes from elsewhere. */
export interface WritingParts {
  readonly artifacts: Pick<ArtifactsConfig, 'multipartBytes' | 'partBytes'>;
  /**
   * The entity behind the first name of a registry's path: the organisation's own, whether its name or its display name
   * was given. Rejects with ENOENT without one.
   */
  readonly resolveEntity: (name: string, signal: AbortSignal | undefined) => Promise<string>;
  /** What the manifest of a version tells of the file at `origin`. Rejects with ENOENT without one. */
  readonly manifestEntryOf: (origin: TreePath, signal: AbortSignal | undefined) => Promise<CopiedEntry>;
}

export interface WritingContext extends WritingParts {
  readonly store: StoreContext;
}

const REGISTRY = 'wandb-registry-';

export const isRegistry = (project: string): boolean => project.startsWith(REGISTRY);

/** The same name with the entity that the server knows. */
export async function resolved<T extends { readonly entity: string; readonly project: string }>(
  { resolveEntity }: WritingContext,
  name: T,
  signal: AbortSignal | undefined,
): Promise<T> {
  return isRegistry(name.project) ? { ...name, entity: await resolveEntity(name.entity, signal) } : name;
}
