import { decodeFileName, decodeName, segmentsOf, type TreePath } from '../../contract/tree-path.js';
import { RUNS_SHAPE } from './shape.js';

/** A run by its server names. */
export interface RunName {
  readonly entity: string;
  readonly project: string;
  readonly run: string;
}

/** What a tree path names on the server: the names above runs, and below one a file. */
export interface Place {
  /** Entity, project, run; fewer above runs, none at the root. Decoded. */
  readonly names: readonly string[];
  /** The run's own path; null above runs. */
  readonly unit: TreePath | null;
  readonly run: RunName | null;
  /** The server's name of the file; null at and above runs. */
  readonly file: string | null;
}

const UNIT_DEPTH = RUNS_SHAPE.levels.length;

export function placeOf(path: TreePath): Place {
  const segments = segmentsOf(path);
  const upper = segments.slice(0, UNIT_DEPTH);
  const names = upper.map(decodeName);
  const [entity, project, run] = names;
  if (entity === undefined || project === undefined || run === undefined) {
    return { names, unit: null, run: null, file: null };
  }
  const below = segments.slice(UNIT_DEPTH).join('/');
  return {
    names,
    unit: upper.join('/'),
    run: { entity, project, run },
    file: below === '' ? null : decodeFileName(below),
  };
}

/** Paths with their files' server names, by run. */
export function byRun<T extends { readonly path: TreePath }>(
  items: readonly T[],
): readonly {
  readonly unit: TreePath;
  readonly run: RunName;
  readonly files: readonly (T & { name: string })[];
}[] {
  const groups = new Map<TreePath, { run: RunName; files: (T & { name: string })[] }>();
  for (const item of items) {
    const { unit, run, file } = placeOf(item.path);
    if (unit === null || run === null || file === null)
      throw new RangeError(`'${item.path}' is no path of a file`);
    const group = groups.get(unit) ?? { run, files: [] };
    group.files.push({ ...item, name: file });
    groups.set(unit, group);
  }
  return [...groups].map(([unit, group]) => ({ unit, ...group }));
}
