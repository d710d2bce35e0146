import { LRUCache } from 'lru-cache';
import type { Entry, Lookup } from '../../contract/entry.js';
import { ColumnsWriter } from '../../contract/entry-columns.js';
import { type Entries, EntryPage, FEW } from '../../contract/entry-page.js';
import {
  encodeFileName,
  filePath,
  isTooLong,
  LONGEST_NAME_BYTES,
  mayBeTooLong,
  type TreePath,
} from '../../contract/tree-path.js';
import { FileAddressesDocument, type FileRowFragment, type FileUrlsFragment } from '../../wire/generated.js';
import { FileAddresses } from '../common/content.js';
import { StoreContext } from '../common/context.js';
import {
  type Connection,
  canonicalMd5,
  contentVersion,
  nextOf,
  nodesOf,
  type Place,
  placeAt,
  plausibleSize,
  type RowsOfNames,
  timeOf,
} from '../common/rows.js';
import { RUNS_SHAPE } from './shape.js';

/** A run by its server names. */
export interface RunName {
  readonly entity: string;
  readonly project: string;
  readonly run: string;
}

export const UNIT_DEPTH = RUNS_SHAPE.levels.length;

/** What a tree path names on the server; the run is null above runs. */
export function placeOf(path: TreePath): Place & { readonly run: RunName | null } {
  const place = placeAt(path, UNIT_DEPTH);
  const [entity, project, run] = place.names;
  const isBelow = entity !== undefined && project !== undefined && run !== undefined;
  return { ...place, run: isBelow ? { entity, project, run } : null };
}

/** A file by its server's name, and its run. */
export function fileAt(path: TreePath): { unit: TreePath; run: RunName; name: string } {
  const { unit, run, file: name } = placeOf(path);
  if (unit === null || run === null || name === null) throw new RangeError(`'${path}' is no path of a file`);
  return { unit, run, name };
}

/** Files of one run, with their server names. */
export interface RunFiles<T> {
  readonly unit: TreePath;
  readonly run: RunName;
  readonly files: (T & { readonly name: string })[];
}

export function byRun<T extends { readonly path: TreePath }>(items: readonly T[]): readonly RunFiles<T>[] {
  const groups = new Map<TreePath, RunFiles<T>>();
  for (const item of items) {
    const { unit, run, name } = fileAt(item.path);
    const group = groups.get(unit) ?? { unit, run, files: [] };
    group.files.push({ ...item, name });
    groups.set(unit, group);
  }
  return [...groups.values()];
}

/** Rows that the service makes itself and lets nobody delete. */
export const isManifest = (name: string): boolean => /^artifact\/[^/]+\/wandb_manifest\.json$/.test(name);

/** The entry of a row; null for one that was declared and never uploaded. */
export function fileEntry(unit: TreePath, row: FileRowFragment): Entry | null {
  const { id, name, updatedAt, createdAt } = row;
  if (typeof updatedAt !== 'string') return null;
  const md5 = canonicalMd5(row.md5);
  const size = plausibleSize(row.sizeBytes, md5);
  const mtimeMs = timeOf(updatedAt);
  return {
    path: filePath(unit, name),
    kind: 'file',
    size,
    mtimeMs,
    birthtimeMs: createdAt ? timeOf(createdAt) : mtimeMs,
    version: contentVersion({ md5, size, updatedAt }),
    md5,
    id,
    isReadOnly: isManifest(name),
  };
}

/** Writes the row of a plain file as `fileEntry` would tell of it; false, and nothing is written, of any other. */
function isWritten(writer: ColumnsWriter, row: FileRowFragment): boolean {
  const { id, name, md5, sizeBytes, updatedAt, createdAt } = row;
  if (typeof updatedAt !== 'string' || typeof md5 !== 'string' || isManifest(name)) return false;
  const path = encodeFileName(name);
  if (mayBeTooLong(path)) return false;
  const mtimeMs = timeOf(updatedAt);
  const birthtimeMs = createdAt ? timeOf(createdAt) : mtimeMs;
  return writer.file(path, { md5, size: plausibleSize(sizeBytes, md5), mtimeMs, birthtimeMs, id });
}

/** The name of a repetition of a field, or of its variable, in a document; the first one keeps its own. */
export const numbered = (name: string, index: number): string => (index === 0 ? name : `${name}${index}`);

const MOST_RUNS = 10_000;

type AddressRow = FileRowFragment & FileUrlsFragment;

/** What the parts of the runs store share: beside the wire, the addresses of files and the projects' numbers. */
export class RunsContext extends StoreContext {
  /** The URLs of files. Whether a row was finalised yet is no matter: who asks knows of an upload, and the storage has it. */
  readonly addresses = new FileAddresses<Entry, AddressRow>(this, {
    nameOf: ({ path }) => fileAt(path).name,
    placeOf: ({ path }) => fileAt(path).unit,
    keyOf: ({ path, version }) => `${path}\0${version}`,
    addressOf: ({ directUrl, url }) => ({ direct: directUrl, api: url ?? null }),
    ask: ({ path }, names, signal) => this.askRows(fileAt(path).run, names, signal),
  });
  // A size of 1 each: `max` would set aside memory for all entries at once.
  private readonly numbers = new LRUCache<TreePath, number>({ maxSize: MOST_RUNS, sizeCalculation: () => 1 });

  /** The entry of a row of a listing. What no path can name isn't shown: a walk would end at it. */
  shownEntry(unit: TreePath, row: FileRowFragment): Entry | null {
    const entry = fileEntry(unit, row);
    if (entry === null || !mayBeTooLong(entry.path) || !entry.path.split('/').some(isTooLong)) return entry;
    const start = row.name.slice(0, 80);
    const rule = `a part of its name is longer than ${LONGEST_NAME_BYTES} bytes`;
    const message = `A file of ${unit} isn't shown, for ${rule}: '${start}…'.`;
    this.client.api.warnings.once(entry.path, message);
    return null;
  }

  /** What a look-up tells of a run's listing by its first page. */
  listingOf(unit: TreePath, page: Connection<FileRowFragment>): NonNullable<Lookup<Entries>['listing']> {
    const next = nextOf(page);
    return { entries: this.shownFiles(unit, page), isComplete: next === null, next };
  }

  /** The files that rows of a listing tell of: of nearly all no entry is made. */
  shownFiles(unit: TreePath, page: Connection<FileRowFragment>): Entries {
    const { length } = page.edges;
    if (length < FEW) return nodesOf(page).flatMap((row) => this.shownEntry(unit, row) ?? []);
    const writer = new ColumnsWriter(unit, length);
    for (const { node } of page.edges) {
      if (!node || isWritten(writer, node)) continue;
      const entry = this.shownEntry(unit, node);
      if (entry) writer.entry(entry);
    }
    return EntryPage.written(writer);
  }

  /** One page of the rows of names, as much as the server puts on it. */
  async askRows(run: RunName, names: readonly string[], signal: AbortSignal): RowsOfNames<AddressRow> {
    const variables = { ...run, names, first: names.length };
    return (await this.rows(FileAddressesDocument, variables, signal)).project?.run?.files;
  }

  /** The number of a run's project, which `deleteFiles` takes; null if it isn't known. */
  projectNumber(unit: TreePath): number | null {
    return this.numbers.get(unit) ?? null;
  }

  /** @param projectId an integer as text; nothing is kept of a server's that has others */
  learnProject(unit: TreePath, projectId: string): void {
    const number = Number.parseInt(projectId, 10);
    if (!Number.isNaN(number)) this.numbers.set(unit, number);
  }
}
