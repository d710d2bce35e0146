import type { Alias, Artifact, ArtifactType, Collection, Membership } from '../artifacts/records.js';
import type { Entity, Project, Run } from '../world/records.js';

/**
 * The fields of a node by name, as the executor takes them: values, or functions of the field's arguments. The schema
 * has circles, so their types aren't inferred one from the other.
 */
export type NodeFields = Readonly<Record<string, unknown>>;

/**
 * How nodes get each other: a run has a project, and a project has runs. Each kind has its file, which knows the others
 * only by this.
 */
export interface Nodes {
  user(): NodeFields;
  entity(entity: Entity): NodeFields;
  project(project: Project): NodeFields;
  run(run: Run): NodeFields;
  artifact(artifact: Artifact): NodeFields;
  artifactType(type: ArtifactType): NodeFields;
  collection(collection: Collection): NodeFields;
  membership(member: Membership): NodeFields;
  alias(alias: Alias): NodeFields;
}

/** The service tells times to the second. */
export const dateTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
