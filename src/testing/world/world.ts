import { randomBytes } from 'node:crypto';
import type { Settings } from '../options.js';
import { md5Base64, type Storage } from '../storage/objects.js';
import {
  type Entity,
  type FileRow,
  globalId,
  isManifest,
  objectKey,
  type Project,
  projectId,
  type Run,
  runId,
} from './records.js';

/** Everything the server knows, beside the bytes, which lie in the storage. */
export class World {
  readonly entities = new Map<string, Entity>();
  readonly viewer: { entity: string; name: string; readonly username: string; readonly email: string };
  private readonly rows = new Map<string, FileRow>();
  private readonly deletedRunIds = new Set<string>();
  /** Numbers ascend over everything made, so they also tell the order of making. */
  private lastNumber = 100;

  constructor(
    private readonly settings: Settings,
    private readonly storage: Storage,
  ) {
    this.viewer = { ...settings.viewer };
    this.ensureEntity(settings.viewer.entity, false);
    for (const { entity, teams } of settings.organizations) {
      this.ensureEntity(entity, false);
      for (const team of teams) this.ensureEntity(team);
    }
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
    for (const project of this.projects())
      for (const run of project.runs.values()) if (runId(run) === id) return run;
    return undefined;
  }

  projectById(id: string): Project | undefined {
    for (const project of this.projects()) if (projectId(project) === id) return project;
    return undefined;
  }

  row(id: string): FileRow | undefined {
    return this.rows.get(id);
  }

  ensureEntity(name: string, isTeam = true): Entity {
    const known = this.entities.get(name);
    if (known) return known;
    const organization = this.settings.organizations.find(({ entity }) => entity === name);
    const entity: Entity = {
      number: this.next(),
      name,
      isTeam,
      isOrganization: organization !== undefined,
      protectedAliases: organization?.protectedAliases ?? [],
      createdAt: Date.now(),
      projects: new Map(),
    };
    this.entities.set(name, entity);
    return entity;
  }

  ensureProject(entity: Entity, name: string): Project {
    const known = entity.projects.get(name);
    if (known) return known;
    const now = Date.now();
    const project: Project = {
      number: this.next(),
      entity,
      name,
      createdAt: now,
      updatedAt: now,
      description: null,
      access: 'PRIVATE',
      allowsAllTypes: true,
      views: null,
      sweeps: new Map(),
      types: new Map(),
      collections: new Map(),
      runs: new Map(),
      deletedRuns: new Set(),
    };
    entity.projects.set(name, project);
    return project;
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
      files: new Map(),
      history: [],
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

  /** Was it a run's id? A project of the same name may have one again. */
  wasDeleted(id: string): boolean {
    return this.deletedRunIds.has(id);
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
    const known = run.files.get(name);
    if (known) return known;
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
    run.files.set(name, row);
    this.rows.set(row.id, row);
    return row;
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
    row.sizeBytes = object.bytes.byteLength;
    row.md5 = md5Base64(object);
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
}

const ADJECTIVES = ['brisk', 'calm', 'eager', 'gentle', 'lucid', 'quiet', 'vivid'] as const;
const NOUNS = ['brook', 'field', 'forest', 'harbour', 'meadow', 'river', 'summit', 'valley'] as const;
