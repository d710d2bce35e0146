import { memberOf } from '../../artifacts/collections.js';
import type { Artifact } from '../../artifacts/records.js';
import { VERSIONS } from '../../graphql/tables.js';
import { inOrder, type ListArguments } from '../../server/connections.js';
import type { Instance } from '../../world/instance.js';
import type { Run } from '../../world/records.js';
import type { NodeFields } from '../node.js';

/** What a run made and what it used, by default in the order in which it did. */
export const runArtifacts = ({ pages, nodes }: Instance, run: Run): NodeFields => ({
  outputArtifacts: (args: ListArguments) => pages.slice(chosen(run.outputs, args), nodes.artifact, args),
  inputArtifacts: (args: ListArguments) => {
    const { edges, ...rest } = pages.slice(chosen(run.inputs.keys(), args), (artifact) => artifact, args);
    return {
      ...rest,
      edges: edges.map(({ cursor, node: artifact }) => ({
        cursor,
        usedAs: [...(run.inputs.get(artifact) ?? [])],
        node: nodes.artifact(artifact),
      })),
    };
  },
});

/** The committed versions that pass a filter, judged as members of the sequences where they were born. */
function chosen(artifacts: Iterable<Artifact>, { filters, order }: ListArguments): Artifact[] {
  const members = [...artifacts]
    .map((artifact) => memberOf(artifact.sequence, artifact))
    .filter((member) => member !== null)
    .filter(VERSIONS.filter(filters));
  if (order) members.sort(inOrder(VERSIONS.order(order)));
  return members.map(({ artifact }) => artifact);
}
