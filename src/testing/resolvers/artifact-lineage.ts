import { memberOf } from '../artifacts/collections.js';
import { versionValues } from '../artifacts/filters.js';
import type { Artifact } from '../artifacts/records.js';
import { type PageArguments, slice } from '../connections.js';
import { mongoFilter } from '../filters.js';
import type { Instance } from '../instance.js';
import type { Run } from '../records.js';
import { artifactNode } from './artifact.js';
import type { NodeFields } from './node.js';

interface ArtifactListArguments extends PageArguments {
  readonly filters?: string | null;
}

/** What a run made and what it used. */
export function runArtifacts(instance: Instance, run: Run): NodeFields {
  const { lineage } = instance.artifacts;
  const mostRows = instance.settings.limits.page;
  const filter = (filters: string | null | undefined) => {
    const isWanted = mongoFilter(filters, versionValues);
    return (artifact: Artifact): boolean => {
      const member = memberOf(artifact.sequence, artifact);
      return member !== null && isWanted(member);
    };
  };
  return {
    outputArtifacts: ({ filters, ...page }: ArtifactListArguments) =>
      slice(
        lineage.outputs(run).filter(filter(filters)),
        { toNode: (artifact) => artifactNode(instance, artifact), mostRows },
        page,
      ),
    inputArtifacts: ({ filters, ...page }: ArtifactListArguments) => {
      const isWanted = filter(filters);
      const inputs = lineage.inputs(run).filter(({ artifact }) => isWanted(artifact));
      const { edges, ...rest } = slice(inputs, { toNode: (input) => input, mostRows }, page);
      return {
        ...rest,
        edges: edges.map(({ cursor, node: { artifact, usedAs } }) => ({
          cursor,
          usedAs,
          node: artifactNode(instance, artifact),
        })),
      };
    },
  };
}
