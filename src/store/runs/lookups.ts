import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import type { Entry, Lookup } from '../../contract/entry.js';
import { pathOf, type TreePath } from '../../contract/tree-path.js';
import type { CallOptions, WireClient } from '../../wire/api/client.js';
import { Kind, visit } from '../../wire/api/graphql.js';
import { LookUpDocument, type LookUpQuery } from '../../wire/generated.js';
import { directoryEntry, nodesOf, rowsOfNames } from '../common/rows.js';
import { createLookup, NOTHING, type Question } from '../common/turn-batch.js';
import { lookUpAbove } from '../common/upper-levels.js';
import { fileEntry, placeOf, type RunName, type RunsContext, UNIT_DEPTH } from './tree.js';

/** Looks at single paths: one request each, and one for all that is asked of a run in one turn. */
export class Lookups {
  readonly lookup = createLookup({
    unitDepth: UNIT_DEPTH,
    above: (path, names, signal) => lookUpAbove(this.context, path, names, signal),
    // As few requests as the server allows: most often one.
    ask: (unit, questions, signal) =>
      this.context.sizes.each('patterns', questions, (batch) => this.askBatch(unit, batch, signal)),
  });

  constructor(private readonly context: RunsContext) {}

  private askBatch(
    unit: TreePath,
    questions: readonly Question[],
    signal: AbortSignal,
  ): Promise<readonly Lookup[]> {
    const hasListing = questions.some((question) => question.hasListing);
    if (!hasListing) return this.send(unit, questions, 0, signal);
    const { sizes } = this.context;
    return sizes.adapt('page', sizes.get('page'), (page) => this.send(unit, questions, page, signal));
  }

  private async send(
    unit: TreePath,
    questions: readonly Question[],
    page: number,
    signal: AbortSignal,
  ): Promise<readonly Lookup[]> {
    const { run } = placeOf(unit);
    if (!run) return questions.map(() => NOTHING);
    const files = [...new Set(questions.flatMap(({ file }) => file ?? []))];
    const patterns = files.map(patternBelow);
    const size = Math.max(page, questions.length);
    const { project, isAnyBelow } = await lookUp(
      this.context.client,
      { ...run, names: files, patterns, page },
      this.context.sized(size, signal),
    );
    if (!project) return questions.map(() => NOTHING);
    const above = [
      directoryEntry(pathOf(run.entity), project.entity),
      directoryEntry(pathOf(run.entity, run.project), project),
    ];
    const found = project.run;
    if (!found) return questions.map(() => ({ ...NOTHING, ancestors: above }));
    this.context.learnProject(unit, found.projectId);
    const runEntry = directoryEntry(unit, found);
    const rows = new Map<string, Entry>();
    const named = nodesOf(found.asked);
    if (found.asked?.pageInfo.hasNextPage) {
      const listed = new Set(named.map(({ name }) => name));
      const left = files.filter((file) => !listed.has(file));
      const rest = await rowsOfNames(left, (names) => this.context.askRows(run, names, signal));
      named.push(...rest.values());
    }
    for (const row of named) {
      const entry = fileEntry(unit, row);
      // Of two rows of one name the later one is the file.
      if (!entry || entry.mtimeMs < (rows.get(row.name)?.mtimeMs ?? 0)) continue;
      rows.set(row.name, entry);
      this.context.addresses.remember(entry, row);
    }
    const below = new Set(files.filter((_, index) => isAnyBelow[index]));
    const listing = found.listing && {
      entries: nodesOf(found.listing).flatMap((row) => this.context.shownEntry(unit, row) ?? []),
      isComplete: !found.listing.pageInfo.hasNextPage,
    };
    return questions.map(({ file, hasListing }): Lookup => {
      const shown = hasListing ? (listing ?? null) : null;
      if (file === null) return { found: runEntry, ancestors: above, listing: shown };
      // A server may hold both 'a' and 'a/b'; then 'a' is a directory.
      const what = below.has(file) ? 'prefix' : (rows.get(file) ?? null);
      return { found: what, ancestors: [...above, runEntry], listing: shown };
    });
  }
}

/** LIKE, for the files below a name: '\', '%' and '_' stand for themselves. */
const patternBelow = (name: string): string => `${name.replace(/[\\%_]/g, '\\$&')}/%`;

interface LookUpRequest extends RunName {
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
