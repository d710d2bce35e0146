import type { FakeWandb } from 'wandb-fs/testing';
import { graphql } from '../../testing/client.js';

interface RunState {
  readonly project: { readonly run: { readonly state: string } | null } | null;
}

/** 'finished', 'running', … as the server tells; null for no run. */
export async function stateOf(server: FakeWandb, run: string): Promise<string | null> {
  const [entity, project, name] = run.split('/');
  const { data } = await graphql<RunState>(
    server,
    'query($entity: String, $project: String, $name: String!) { project(name: $project, entityName: $entity) { run(name: $name) { state } } }',
    { entity, project, name },
  );
  return data.project?.run?.state ?? null;
}
