import type {
  ArtifactTypeFacts,
  CollectionFacts,
  DirectoryFacts,
  DraftFacts,
  EntityFacts,
  Facts,
  FileFacts,
  ProjectFacts,
  RootFacts,
  RunFacts,
  VersionFacts,
} from '../../contract/knowledge/facts.js';
import { segmentsOf, type TreePath, withoutSlash } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import type { Composite } from '../composites/driver.js';
import { invokeAt, placeOf, type Tree } from '../tree.js';

/** Where it is: what every kind of info has. */
export interface Located {
  /** The absolute path in this fs object. */
  readonly path: string;
  /** Where it is shown in the W&B app. */
  readonly webUrl: string;
}

export type RootInfo = RootFacts & Located;
export type EntityInfo = EntityFacts & Located;
export type ProjectInfo = ProjectFacts & Located;
export type RunInfo = RunFacts & Located;
export type DirectoryInfo = DirectoryFacts & Located;
export type FileInfo = FileFacts & Located;
export type ArtifactTypeInfo = ArtifactTypeFacts & Located;
export type CollectionInfo = CollectionFacts & Located;
export type VersionInfo = VersionFacts & Located;
export type DraftInfo = DraftFacts & Located;

/** What W&B knows of a path; `kind` tells which of them it is. */
export type WandbInfo = Facts & Located;

export function* info(tree: Tree, path: unknown, signal?: AbortSignal): Composite<WandbInfo> {
  const run = (op: Operation, at: TreePath): WandbInfo =>
    located(tree, tree.kernel.info(op, at), withoutSlash(at));
  return yield* invokeAt('info', placeOf(tree, path), run, { signal });
}

/** What listings tell of a file. */
export function* listed(tree: Tree, path: unknown): Composite<FileFacts> {
  return yield* invokeAt('stat', placeOf(tree, path), (op, at) => tree.kernel.listed(op, at));
}

export const located = <Some extends Facts>(tree: Tree, facts: Some, path: TreePath): Some & Located => ({
  ...facts,
  path: tree.mount.show(path),
  webUrl: addressOf(tree, path),
});

/** Where a path is shown in the W&B app. */
export function addressOf({ appUrl, mount }: Tree, path: TreePath): string {
  const names = segmentsOf(path).map(encodeURIComponent);
  return `${appUrl().replace(/\/+$/, '')}/${mount.layout.toApp(names).join('/')}`;
}
