import type { Artifact, ArtifactType, Collection } from '../artifacts/records.js';
import type { Settings } from '../options.js';
import type { RunFiles } from './run-files.js';

/** A user's or a team's name space. Times here and below are in milliseconds since the epoch. */
export interface Entity {
  readonly number: number;
  readonly name: string;
  readonly isTeam: boolean;
  /** The organisation whose registries it holds. */
  readonly organization: Settings['organizations'][number] | null;
  readonly createdAt: number;
  readonly projects: Map<string, Project>;
}

export interface Project {
  readonly number: number;
  readonly entity: Entity;
  name: string;
  readonly createdAt: number;
  updatedAt: number;
  description: string | null;
  /** As it was sent: PRIVATE, RESTRICTED, USER_READ… */
  access: string;
  /** Of a registry: does it take versions of any type? */
  allowsAllTypes: boolean;
  /** JSON text. */
  views: string | null;
  readonly sweeps: Map<string, Sweep>;
  readonly types: Map<string, ArtifactType>;
  readonly collections: Map<string, Collection>;
  readonly runs: Map<string, Run>;
  /** Names that were runs once: the service never gives them out again. */
  readonly deletedRuns: Set<string>;
}

/** A search for the best configuration: agents ask it for runs to make. */
export interface Sweep {
  readonly number: number;
  readonly project: Project;
  readonly name: string;
  displayName: string | null;
  description: string | null;
  state: string;
  /** YAML text, as the SDK sends it. */
  config: string;
  readonly controller: string | null;
  readonly scheduler: string | null;
  readonly createdAt: number;
  updatedAt: number;
  /** How many runs were given to agents. */
  given: number;
  readonly agents: Agent[];
}

export interface Agent {
  readonly number: number;
  readonly sweep: Sweep;
  readonly host: string;
  readonly createdAt: number;
  heartbeatAt: number;
  metrics: string;
  readonly runNames: string[];
}

export interface Run {
  readonly number: number;
  readonly project: Project;
  readonly name: string;
  readonly username: string;
  displayName: string;
  state: string;
  createdAt: number;
  heartbeatAt: number;
  tags: readonly string[];
  group: string | null;
  jobType: string | null;
  commit: string | null;
  host: string | null;
  sweepName: string | null;
  description: string | null;
  notes: string | null;
  /** JSON text, as the SDK sends it. */
  config: string;
  /** JSON text. */
  summaryMetrics: string;
  exitcode: number | null;
  readonly files: RunFiles;
  /** The lines of the file stream. */
  readonly history: string[];
  /** Keys of the Parquet files that were made of it, and how many of its lines are in them. */
  parquet: { readonly keys: readonly string[]; readonly lines: number };
  readonly events: string[];
  readonly logLines: string[];
  /** Was it asked to end? The file stream tells it so. */
  isStopped: boolean;
  /** The versions that it made, and those that it used, each with what it used them as. */
  readonly outputs: Set<Artifact>;
  readonly inputs: Map<Artifact, Set<string>>;
}

/** A file as the listing shows it, which may lag behind the bytes at the storage. */
export interface FileRow {
  readonly number: number;
  readonly id: string;
  readonly run: Run;
  readonly name: string;
  readonly createdAt: number;
  /** Null: declared, never uploaded. */
  updatedAt: number | null;
  sizeBytes: number;
  md5: string | null;
  /** When an uploaded object becomes the row's content; null when nothing is on its way. */
  settlesAt: number | null;
}

/** The ids of nodes say what they are of, in a form that clients don't read. */
export const globalId = (text: string): string => Buffer.from(text).toString('base64');

export const projectId = (project: Project): string =>
  globalId(`Project:v1:${project.name}:${project.entity.name}`);
export const internalId = (project: Project): string => globalId(`ProjectInternalId:${project.number}`);
export const runId = (run: Run): string =>
  globalId(`Run:v1:${run.name}:${run.project.name}:${run.project.entity.name}`);
export const sweepId = (sweep: Sweep): string =>
  globalId(`Sweep:v1:${sweep.name}:${sweep.project.name}:${sweep.project.entity.name}`);
export const agentId = (agent: Agent): string => globalId(`Agent:${agent.number}`);

/** Named by path alone, as the service does: a late PUT can reach a file that was deleted and made again. */
export const objectKey = ({ run, name }: FileRow): string =>
  `${run.project.entity.name}/${run.project.name}/${run.name}/${name}`;

/** The service makes these rows itself, lists them without their size, and doesn't let them be deleted. */
export const isManifest = (name: string): boolean => /^artifact\/[^/]+\/wandb_manifest\.json$/.test(name);

/** What a map has under a key; made, where it has nothing. */
export function ensure<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
