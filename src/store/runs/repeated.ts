import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import { type Document, Kind, parse, print, visit } from '../../wire/api/graphql.js';
import { numbered } from './tree.js';

/** By how many times, what is repeated, and what they were made of. */
const known = new Map<string, string>();

/**
 * GraphQL has no list of aliases: a document for several repeats a field, and its variables, for each.
 *
 * @returns a document whose repetitions have names that are `numbered`; the compiler can't count its variables
 */
export function repeated<Data>(
  document: Document<Data, never>,
  field: string,
  variables: readonly string[],
  times: number,
): Document<Data, Record<string, unknown>> {
  const key = `${times} ${field} ${document}`;
  const made = known.get(key);
  if (made !== undefined) return made;
  const several = print(repeatedTree(document, field, variables, times));
  known.set(key, several);
  return several;
}

function repeatedTree(
  document: string,
  field: string,
  variables: readonly string[],
  times: number,
): DocumentNode {
  const copies = <T>(copy: (index: number) => T): T[] =>
    Array.from({ length: times }, (_, index) => copy(index));
  return visit(parse(document), {
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
