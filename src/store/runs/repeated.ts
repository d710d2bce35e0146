import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import { Kind, visit } from '../../wire/api/graphql.js';
import { numbered } from './tree.js';

/** GraphQL has no list of aliases: a document for several repeats a field, and its variables, for each. */
export function repeated(
  document: DocumentNode,
  field: string,
  variables: readonly string[],
  times: number,
): DocumentNode {
  const copies = <T>(copy: (index: number) => T): T[] =>
    Array.from({ length: times }, (_, index) => copy(index));
  return visit(document, {
    OperationDefinition: ({ variableDefinitions = [], ...operation }): OperationDefinitionNode => ({
      ...operation,
      variableDefinitions: variableDefinitions.flatMap((definition) =>
        variables.includes(definition.variable.name.value)
          ? copies((index) => renamed(definition, variables, index))
          : [definition],
      ),
    }),
    SelectionSet: (set) => ({
      ...set,
      selections: set.selections.flatMap((selection) =>
        selection.kind === Kind.FIELD && (selection.alias ?? selection.name).value === field
          ? copies((index): FieldNode => {
              const copy = renamed(selection, variables, index);
              return { ...copy, alias: { kind: Kind.NAME, value: numbered(field, index) } };
            })
          : [selection],
      ),
    }),
  });
}

/** The node with each use of the variables turned into one of their repetitions. */
const renamed = <
  Node extends FieldNode | NonNullable<OperationDefinitionNode['variableDefinitions']>[number],
>(
  node: Node,
  variables: readonly string[],
  index: number,
): Node =>
  visit(node, {
    Variable: ({ name, ...variable }) =>
      variables.includes(name.value)
        ? { ...variable, name: { kind: Kind.NAME, value: numbered(name.value, index) } }
        : undefined,
  });
