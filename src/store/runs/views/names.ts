import type { Entry } from '../../../contract/entry.js';
import { filePath, isAtOrBelow, type TreePath } from '../../../contract/tree-path.js';
import { VIEWS_DIRECTORY } from '../shape.js';

/** What can be looked at of a run that is no file of it. */
export type ViewKind = 'history' | 'summary' | 'config' | 'parquet';

const FILES: Readonly<Record<ViewKind, string>> = {
  history: 'history.jsonl',
  summary: 'summary.json',
  config: 'config.yaml',
  parquet: 'history.parquet',
};
const KINDS = Object.keys(FILES) as readonly ViewKind[];

/** Where a view of a run is. Of the history in several Parquet files, `history.parquet` is the directory that they are in. */
export const viewPath = (unit: TreePath, kind: ViewKind): TreePath =>
  filePath(unit, `${VIEWS_DIRECTORY}/${FILES[kind]}`);

/** Is the name kept for views? Files of the run that are called so aren't shown. */
export const isKeptForViews = (unit: TreePath, path: TreePath): boolean =>
  isAtOrBelow(path, filePath(unit, VIEWS_DIRECTORY));

/** A version begins with this; no other entry's does. */
const PREFIX = 'view:';

export const viewVersion = (kind: ViewKind, state: string): string => `${PREFIX}${kind}:${state}`;

/** Which view an entry is of; null: it is a file of the run. */
export function viewOf({ version }: Pick<Entry, 'version'>): ViewKind | null {
  if (!version.startsWith(PREFIX)) return null;
  return KINDS.find((kind) => version.startsWith(`${PREFIX}${kind}:`)) ?? null;
}
