import { memberOf } from '../../artifacts/collections.js';
import type { Artifact, Membership } from '../../artifacts/records.js';
import { versionValues } from '../../graphql/artifact-filters.js';
import { mongoFilter, orderBy } from '../../graphql/filters.js';
import { inOrder, type PageArguments, slice } from '../../server/connections.js';
import type { Instance } from '../../world/instance.js';
import type { Run } from '../../world/records.js';
import type { NodeFields } from '../node.js';

interface ArtifactListArguments extends PageArguments {
  readonly filters?: string | null;
  readonly order?: string | null;
}

/** What a run made and what it used, by default in the order in which it did. */
export function runArtifacts(instance: Instance, run: Run): NodeFields {
  const { lineage } = instance.artifacts;
  const mostRows = instance.settings.limits.page;
  return {
    outputArtifacts: ({ filters, order, ...page }: ArtifactListArguments) =>
      slice(
        chosen(lineage.outputs(run), (artifact) => artifact, filters, order),
        { toNode: (artifact) => instance.nodes.artifact(artifact), mostRows },
        page,
      ),
    inputArtifacts: ({ filters, order, ...page }: ArtifactListArguments) => {
      const inputs = chosen(lineage.inputs(run), ({ artifact }) => artifact, filters, order);
      const { edges, ...rest } = slice(inputs, { toNode: (input) => input, mostRows }, page);
      return {
        ...rest,
        edges: edges.map(({ cursor, node: { artifact, usedAs } }) => ({
          cursor,
          usedAs,
          node: instance.nodes.artifact(artifact),
        })),
      };
    },
  };
}

/** Rows whose versions pass a filter, judged as members of the sequences where they were born. */
function chosen<Row>(
  rows: readonly Row[],
  artifactOf: (row: Row) => Artifact,
  filters: string | null | undefined,
  order: string | null | undefined,
): Row[] {
  const isWanted = mongoFilter(filters, versionValues);
  const members = rows.flatMap((row) => {
    const artifact = artifactOf(row);
    const member = memberOf(artifact.sequence, artifact);
    return member && isWanted(member) ? [{ row, member }] : [];
  });
  if (order) {
    const compare = inOrder(orderBy(order, order, versionValues, ({ number }: Membership) => number));
    members.sort((a, b) => compare(a.member, b.member));
  }
  return members.map(({ row }) => row);
}
