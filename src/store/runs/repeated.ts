import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import { Kind, visit } from '../../wire/api/graphql.js';
import { numbered } from './tree.js';

/** GraphQL has no list of aliases: a document for several repeats a field, and its variable, for each. */
export function repeated(
  document: DocumentNode,
  field: string,
  variable: string,
  times: number,
): DocumentNode {
  const copies = <T>(copy: (index: number) => T): T[] =>
    Array.from({ length: times }, (_, index) => copy(index));
  return visit(document, {
    OperationDefinition: ({ variableDefinitions = [], ...operation }): OperationDefinitionNode => ({
      ...operation,
      variableDefinitions: variableDefinitions.flatMap((definition) =>
        definition.variable.name.value === variable
          ? copies((index) => rename(definition, variable, numbered(variable, index)))
          : [definition],
      ),
    }),
    SelectionSet: (set) => ({
      ...set,
      selections: set.selections.flatMap((selection) =>
        selection.kind === Kind.FIELD && (selection.alias ?? selection.name).value === field
          ? copies((index): FieldNode => {
              const copy = rename(selection, variable, numbered(variable, index));
              return { ...copy, alias: { kind: Kind.NAME, value: numbered(field, index) } };
            })
          : [selection],
      ),
    }),
  });
}

/** The node with each use of a variable turned into another's. */
const rename = <Node extends FieldNode | NonNullable<OperationDefinitionNode['variableDefinitions']>[number]>(
  node: Node,
  from: string,
  to: string,
): Node =>
  visit(node, {
    Variable: (variable) =>
      variable.name.value === from ? { ...variable, name: { kind: Kind.NAME, value: to } } : undefined,
  });
