import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import { LookUpDocument, type LookUpQuery } from '../generated.js';
import type { CallOptions, WireClient } from './client.js';
import { Kind, visit } from './graphql.js';

export interface LookUpRequest {
  readonly entity: string;
  readonly project: string;
  readonly run: string;
  /** The rows of these names, with their URLs. */
  readonly names: readonly string[];
  /** Are there files that match these LIKE patterns? One answer each. */
  readonly patterns: readonly string[];
  /** Rows of the listing's first page; 0: none. */
  readonly page: number;
}

type Below = NonNullable<NonNullable<NonNullable<LookUpQuery['project']>['run']>['below']>;

/** Sends one look at a run: one request, whatever it asks for. */
export async function lookUp(
  client: WireClient,
  { patterns, names, page, ...run }: LookUpRequest,
  options: CallOptions,
): Promise<{ readonly project: LookUpQuery['project']; readonly isAnyBelow: readonly boolean[] }> {
  const variables = {
    ...run,
    names,
    first: Math.max(1, names.length),
    hasNames: names.length > 0,
    hasPattern: patterns.length > 0,
    page: Math.max(1, page),
    hasListing: page > 0,
    ...Object.fromEntries(patterns.map((pattern, index) => [numbered('pattern', index), pattern])),
  };
  const { project } = await client.run(documentFor(patterns.length), variables, options);
  const answers: Readonly<Record<string, unknown>> = { ...project?.run };
  const isAnyBelow = patterns.map((_, index) =>
    isAny(answers[numbered('below', index)] as Below | null | undefined),
  );
  return { project, isAnyBelow };
}

/** Rows without a time were declared and never uploaded; a full page of those says nothing of the rest. */
const isAny = (below: Below | null | undefined): boolean =>
  below != null &&
  (below.pageInfo.hasNextPage || below.edges.some(({ node }) => typeof node?.updatedAt === 'string'));

const numbered = (name: string, index: number): string => (index === 0 ? name : `${name}${index}`);

type Document = TypedDocumentNode<LookUpQuery, Record<string, unknown>>;

const documents = new Map<number, Document>();

/** GraphQL has no list of aliases: a document for several patterns repeats the field, and its variable, for each. */
function documentFor(patterns: number): Document {
  const known = documents.get(patterns);
  if (known) return known;
  const document = patterns <= 1 ? LookUpDocument : repeat(LookUpDocument, patterns);
  const typed = document as Document;
  documents.set(patterns, typed);
  return typed;
}

function repeat(document: DocumentNode, times: number): DocumentNode {
  const copies = <T>(copy: (index: number) => T): T[] =>
    Array.from({ length: times }, (_, index) => copy(index));
  return visit(document, {
    OperationDefinition: ({ variableDefinitions = [], ...operation }): OperationDefinitionNode => ({
      ...operation,
      variableDefinitions: variableDefinitions.flatMap((definition) =>
        definition.variable.name.value === 'pattern'
          ? copies((index) => rename(definition, 'pattern', numbered('pattern', index)))
          : [definition],
      ),
    }),
    SelectionSet: (set) => ({
      ...set,
      selections: set.selections.flatMap((selection) =>
        selection.kind === Kind.FIELD && selection.alias?.value === 'below'
          ? copies((index): FieldNode => {
              const field = rename(selection, 'pattern', numbered('pattern', index));
              return { ...field, alias: { kind: Kind.NAME, value: numbered('below', index) } };
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
