import { randomBytes } from 'node:crypto';
import type { Settings } from '../options.js';
import { md5Base64, type Storage } from '../storage/objects.js';
import {
  type Entity,
  ensure,
  type FileRow,
  globalId,
  isManifest,
  objectKey,
  type Project,
  projectId,
  type Run,
  runId,
} from './records.js';
import { RunFiles } from './run-files.js';

/** Everything the server knows, beside the bytes, which lie in the storage. */
export class World {
  readonly entities = new Map<string, Entity>();
  readonly viewer: { entity: string; name: string; readonly username: string; readonly email: string };
  /** Files by their ids. */
  readonly rows = new Map<string, FileRow>();
  /** Ids that were runs' once; a project of the same name may have one again. */
  readonly deletedRunIds = new Set<string>();
  /** Numbers ascend over everything made, so they also tell the order of making. */
  private lastNumber = 100;

  constructor(
    private readonly settings: Settings,
    private readonly storage: Storage,
  ) {
    this.viewer = { ...settings.viewer };
    this.ensureEntity(settings.viewer.entity);
    for (const { entity, teams } of settings.organizations)
      for (const name of [entity, ...teams]) this.ensureEntity(name);
    for (const team of settings.viewer.teams) this.ensureEntity(team);
  }

  /** A null name means the viewer's default entity. */
  entity(name: string | null | undefined): Entity | undefined {
    return this.entities.get(name ?? this.viewer.entity);
  }

  project(entity: string | null | undefined, name: string | null | undefined): Project | undefined {
    return this.entity(entity)?.projects.get(name ?? 'uncategorized');
  }

  run(entity: string, project: string, name: string): Run | undefined {
    return this.project(entity, project)?.runs.get(name);
  }

  runById(id: string): Run | undefined {
    const runs = [...this.projects()].flatMap((project) => [...project.runs.values()]);
    return runs.find((run) => runId(run) === id);
  }

  projectById(id: string): Project | undefined {
    return [...this.projects()].find((project) => projectId(project) === id);
  }

  ensureEntity(name: string): Entity {
    const { organizations, viewer } = this.settings;
    const organization = organizations.find(({ entity }) => entity === name) ?? null;
    return ensure(this.entities, name, () => ({
      number: this.next(),
      name,
      isTeam: organization === null && name !== viewer.entity,
      organization,
      createdAt: Date.now(),
      projects: new Map(),
    }));
  }

  ensureProject(entity: Entity, name: string): Project {
    return ensure(entity.projects, name, () => ({
      number: this.next(),
      entity,
      name,
      createdAt: Date.now(),
      updatedAt: Date.now(),
      description: null,
      access: 'PRIVATE',
      allowsAllTypes: true,
      views: null,
      sweeps: new Map(),
      types: new Map(),
      collections: new Map(),
      runs: new Map(),
      deletedRuns: new Set(),
    }));
  }

  ensureRun(project: Project, name: string): Run {
    const known = project.runs.get(name);
    if (known) return known;
    const now = Date.now();
    const number = this.next();
    const run: Run = {
      number,
      project,
      name,
      username: this.viewer.username,
      displayName: `${ADJECTIVES[number % ADJECTIVES.length]}-${NOUNS[number % NOUNS.length]}-${project.runs.size + 1}`,
      state: 'running',
      createdAt: now,
      heartbeatAt: now,
      tags: [],
      group: null,
      jobType: null,
      commit: null,
      host: null,
      sweepName: null,
      description: null,
      notes: null,
      config: '{}',
      summaryMetrics: '{}',
      exitcode: null,
      files: new RunFiles(),
      history: [],
      parquet: { keys: [], lines: 0 },
      events: [],
      logLines: [],
      isStopped: false,
      outputs: new Set(),
      inputs: new Map(),
    };
    project.runs.set(name, run);
    project.updatedAt = now;
    return run;
  }

  deleteRun(run: Run): void {
    for (const row of [...run.files.values()]) this.deleteRow(row);
    run.project.runs.delete(run.name);
    run.project.deletedRuns.add(run.name);
    this.deletedRunIds.add(runId(run));
  }

  /** Files lie under the names of what they belong to, so their objects move. */
  renameProject(project: Project, name: string): void {
    const rows = [...project.runs.values()].flatMap((run) => [...run.files.values()]);
    const keys = rows.map(objectKey);
    project.entity.projects.delete(project.name);
    project.name = name;
    project.entity.projects.set(name, project);
    for (const [index, row] of rows.entries()) this.storage.move(keys[index] ?? '', objectKey(row));
  }

  deleteProject(project: Project): void {
    project.entity.projects.delete(project.name);
  }

  /** The row of a name; a new one is only declared. An existing one keeps its content. */
  declare(run: Run, name: string): FileRow {
    return ensure(run.files, name, () => {
      const number = this.next();
      const row: FileRow = {
        number,
        id: globalId(`File:${run.project.number}:${number}`),
        run,
        name,
        createdAt: Date.now(),
        updatedAt: null,
        sizeBytes: 0,
        md5: null,
        settlesAt: null,
      };
      this.rows.set(row.id, row);
      return row;
    });
  }

  /** The storage has new bytes under a key. A row that was deleted meanwhile stays deleted. */
  stored(key: string): void {
    const [entity = '', project = '', run = '', ...name] = key.split('/');
    const row = this.run(entity, project, run)?.files.get(name.join('/'));
    if (!row) return;
    const { finalize } = this.settings;
    if (finalize === 'put') row.settlesAt = Date.now();
    else if (finalize === 'mark') row.settlesAt = Infinity;
    else row.settlesAt = Date.now() + finalize.delayMs;
    this.settle(row);
  }

  /** The client says that the bytes have arrived. Where a notification decides, that changes nothing. */
  mark(row: FileRow): void {
    if (row.settlesAt === Infinity) row.settlesAt = Date.now();
    this.settle(row);
  }

  /** Writes a file as if its upload had long been through. */
  writeFinal(run: Run, name: string, bytes: Uint8Array): FileRow {
    const row = this.declare(run, name);
    this.storage.put(objectKey(row), bytes);
    row.settlesAt = Date.now();
    this.settle(row);
    return row;
  }

  /** Brings a row up to date whose time has come. To be called before a row is shown. */
  settle(row: FileRow): FileRow {
    if (row.settlesAt === null || row.settlesAt > Date.now()) return row;
    const object = this.storage.get(objectKey(row));
    row.settlesAt = null;
    if (!object) return row;
    row.updatedAt = object.storedAt;
    row.run.project.updatedAt = object.storedAt;
    if (isManifest(row.name)) return row;
    row.sizeBytes = object.size;
    row.md5 = object.md5 === '' ? null : md5Base64(object);
    return row;
  }

  deleteRow(row: FileRow): void {
    row.run.files.delete(row.name);
    this.rows.delete(row.id);
    this.storage.delete(objectKey(row));
  }

  randomRunName(): string {
    return randomBytes(8).reduce((name, byte) => name + (byte % 36).toString(36), '');
  }

  *projects(): Iterable<Project> {
    for (const entity of this.entities.values()) yield* entity.projects.values();
  }

  next(): number {
    return ++this.lastNumber;
  }

  /** A number was taken from elsewhere: what is made from now on has greater ones. */
  beyond(number: number): void {
    this.lastNumber = Math.max(this.lastNumber, number);
  }
}

const ADJECTIVES = ['brisk', 'calm', 'eager', 'gentle', 'lucid', 'quiet', 'vivid'] as const;
const NOUNS = ['brook', 'field', 'forest', 'harbour', 'meadow', 'river', 'summit', 'valley'] as const;
