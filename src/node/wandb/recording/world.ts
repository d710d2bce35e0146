import { dirname, join } from 'node:path';
import { decodeName, segmentsOf, type TreePath, upperPath } from '../../../contract/tree-path.js';
import {
  ARTIFACTS_DIRECTORY,
  ENTITY_FILE,
  type EntitySheet,
  FILES_DIRECTORY,
  PROJECT_FILE,
  type ProjectSheet,
  RUNS_DIRECTORY,
  TYPE_FILE,
  WORLD_FILE,
  WORLD_VERSION,
  type WorldSheet,
} from '../../../contract/world/format.js';
import { WorldNames } from '../../../contract/world/names.js';
import { disk } from '../../../platform/disk.js';
import { together } from '../together.js';
import type { Settings } from './options.js';
import type { Source } from './source.js';

const { mkdir, writeFile } = disk.promises;

/** Each has a megabyte of memory and a file open. */
const COPIES_AT_ONCE = 32;

/** A file that may be taken up. */
export interface Candidate {
  readonly source: Source;
  readonly path: TreePath;
  /** In its run or version, as W&B calls it. */
  readonly name: string;
  /** Where it lies in the world, if it does. */
  readonly place: string;
  readonly size: number | null;
  /** Base64, and what made it. */
  readonly digest: string | null;
  readonly algorithm: string | null;
}

/** A recorded world to be: what will stand in its directory. Nothing is written before all of it is known. */
export class World {
  private readonly names = new WorldNames();
  private readonly sheets = new Map<string, object>();
  private readonly copies: Candidate[] = [];
  /** Where a content lies, by its digest. */
  private readonly contents = new Map<string, string>();
  readonly leftOut: Candidate[] = [];
  private readonly asked = new Map<string, Promise<void>>();
  bytes = 0;

  constructor(private readonly settings: Settings) {
    this.names.reserve('', WORLD_FILE);
    this.note<WorldSheet>(WORLD_FILE, { version: WORLD_VERSION });
  }

  get files(): number {
    return this.copies.length;
  }

  /** Null and empty lists are left out: so a reader takes what isn't there. */
  note<Sheet extends object>(place: string, sheet: { [Key in keyof Sheet]: Sheet[Key] | null }): void {
    const told = Object.entries(sheet).filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    );
    this.sheets.set(place, Object.fromEntries(told));
  }

  entity(name: string): string {
    const place = this.names.child('', name);
    this.names.reserve(place, ENTITY_FILE);
    return place;
  }

  project(entity: string, name: string): string {
    return this.names.child(this.entity(entity), name);
  }

  run(entity: string, project: string, name: string): string {
    return this.names.child(`${this.project(entity, project)}/${RUNS_DIRECTORY}`, name);
  }

  type(entity: string, project: string, name: string): string {
    const place = this.names.child(`${this.project(entity, project)}/${ARTIFACTS_DIRECTORY}`, name);
    this.names.reserve(place, TYPE_FILE);
    return place;
  }

  collection(entity: string, project: string, type: string, name: string): string {
    return this.names.child(this.type(entity, project, type), name);
  }

  version(entity: string, project: string, type: string, collection: string, name: string): string {
    return this.names.child(this.collection(entity, project, type, collection), name);
  }

  /** @param unit the place of a run or a version */
  file(unit: string, name: string): string {
    return this.names.below(`${unit}/${FILES_DIRECTORY}`, name.split('/'));
  }

  /** Does what is to be noted of a path, once, whoever comes by it. */
  once(path: TreePath, work: () => Promise<void>): Promise<void> {
    const there = this.asked.get(path) ?? work();
    this.asked.set(path, there);
    return there;
  }

  /** What is above runs and artifact types. */
  async noteAbove(source: Source, path: TreePath): Promise<void> {
    const [entity = '', project] = segmentsOf(path).map(decodeName);
    const entityPath = upperPath(path, 1);
    await this.once(entityPath, async () => {
      const { id, isTeam, createdAt } = await source.facts(entityPath, 'entity');
      this.note<EntitySheet>(`${this.entity(entity)}/${ENTITY_FILE}`, { id, isTeam, createdAt });
    });
    if (project === undefined) return;
    const projectPath = upperPath(path, 2);
    await this.once(projectPath, async () => {
      const { description, createdAt, updatedAt } = await source.facts(projectPath, 'project');
      const place = this.project(entity, project);
      this.note<ProjectSheet>(`${place}/${PROJECT_FILE}`, { description, createdAt, updatedAt });
    });
  }

  /** Takes up a content once; tells where it is, if not at its own place. */
  take(file: Candidate): { readonly sameAs?: string; readonly isLeftOut?: true } {
    const key = file.digest === null ? null : `${file.algorithm}:${file.digest}`;
    const there = key === null ? undefined : this.contents.get(key);
    if (there !== undefined) return { sameAs: there };
    const { isChosen, maxFileBytes, maxBytes } = this.settings;
    // What may be of any size is taken where there is no limit.
    const size = file.size ?? Number.POSITIVE_INFINITY;
    if (!isChosen(file.name) || size > maxFileBytes || this.bytes + size > maxBytes) {
      this.leftOut.push(file);
      return { isLeftOut: true };
    }
    this.bytes += file.size ?? 0;
    this.copies.push(file);
    // An empty file is its own content.
    if (key !== null && size > 0) this.contents.set(key, file.place);
    return {};
  }

  async write(directory: string): Promise<void> {
    const made = new Set<string>();
    const placeFor = async (place: string): Promise<string> => {
      const file = join(directory, place);
      const parent = dirname(file);
      if (!made.has(parent)) await mkdir(parent, { recursive: true });
      made.add(parent);
      return file;
    };
    // What begins together has its addresses asked for together.
    for (let at = 0; at < this.copies.length; at += COPIES_AT_ONCE) {
      const batch = this.copies.slice(at, at + COPIES_AT_ONCE);
      const copy = async ({ source, path, place }: Candidate): Promise<void> =>
        source.copy(path, await placeFor(place));
      await together(batch, copy, batch.length);
    }
    const { signal } = this.settings;
    for (const [place, sheet] of this.sheets)
      await writeFile(await placeFor(place), `${JSON.stringify(sheet, null, 2)}\n`, { signal });
    // The bytes are what counts: git must not change the ends of lines.
    await writeFile(await placeFor('.gitattributes'), '* -text\n');
  }
}
