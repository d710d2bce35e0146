import type { SelectionSetNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../retry.js';
import { WireFailure } from '../wire-failure.js';
import { Kind, parse } from './graphql.js';

interface Shape {
  readonly isMutation: boolean;
  readonly root: Selection;
}

type Selection = readonly Field[];

interface Field {
  readonly key: string;
  /** Null: a scalar. */
  readonly inner: Selection | null;
  /** What of it must be looked at: of most scalars any answer will do. */
  readonly looked: Selection;
  /** Of a scalar: is that an answer? Null: whatever it is. */
  readonly isTold: ((value: unknown) => boolean) | null;
  /** The variable of `@include(if:)`. */
  readonly condition: string | null;
  /** Edges, in pages or not. */
  readonly isConnection: boolean;
  /** Whoever asks for its pages concludes from them what there is. */
  readonly isListing: boolean;
  /** The next page begins where the answer says. */
  readonly hasCursor: boolean;
  readonly isNeverNull: boolean;
  /** An array, if anything. */
  readonly isList: boolean;
}

type Fragments = ReadonlyMap<string, SelectionSetNode>;

/** By the texts of their documents, of which there are few. */
const shapes = new Map<string, Shape>();

/** Lists that are empty where there is nothing, and never null. */
const LISTS: ReadonlySet<string> = new Set(['edges', 'aliases', 'features', 'organizations']);

/** What belongs to everything that has it. */
const PARTS: ReadonlySet<string> = new Set(['node', 'defaultArtifactType', 'file']);

/**
 * What is missing in an answer, as a path in it; null: nothing.
 *
 * GraphQL answers null for what isn't there. But a listing that is null, a gap in one, a page that promises more and
 * doesn't say where, a field that wasn't answered, and a change without an outcome mean that the server didn't tell; to
 * take that for an empty directory would let `wx` overwrite a file.
 */
export function missingIn(document: string, variables: object, data: object): string | null {
  const { isMutation, root } = shapeOf(document);
  const given = new Map(Object.entries(data));
  const left = new Set(Object.entries(variables).flatMap(([name, on]) => (on === false ? name : [])));
  for (const field of root) {
    const value = given.get(field.key);
    if (isMutation && value === null) return field.key;
    // Nothing is expected of a listing whose directory, told beside it, isn't there.
    const isOfNothing =
      value === null && root.some((other) => other !== field && given.get(other.key) === null);
    const missing = isOfNothing ? null : missingAt(field, value, left);
    if (missing !== null) return missing;
  }
  return null;
}

/** @param left variables that leave out what is included by them */
function missingAt(field: Field, value: unknown, left: ReadonlySet<string>): string | null {
  const { key, inner, isTold, condition } = field;
  if (condition !== null && left.has(condition)) return null;
  if (inner === null) return isTold === null || isTold(value) ? null : key;
  if (field.isConnection && !field.isListing && (value === undefined || value === null)) return null;
  if (value === null) return field.isNeverNull ? key : null;
  if (!Array.isArray(value)) return field.isList ? key : missingInItem(field, value, left);
  for (const item of value) {
    const missing = missingInItem(field, item, left);
    if (missing !== null) return missing;
  }
  return null;
}

function missingInItem(field: Field, item: unknown, left: ReadonlySet<string>): string | null {
  const { key } = field;
  if (!isObject(item)) return key;
  for (const below of field.looked) {
    const missing = missingAt(below, item[below.key], left);
    if (missing !== null) return `${key}.${missing}`;
  }
  return field.isListing && !isPlaced(field, item) ? `${key}.pageInfo` : null;
}

const isObject = (item: unknown): item is Readonly<Record<string, unknown>> =>
  typeof item === 'object' && item !== null;

/** What is listed, or is asked for because it may be there. */
const ROWS: ReadonlySet<string> = new Set(['node', 'artifact', 'artifactMembership', 'artifactCollection']);
/** By these a thing is there, or isn't. */
const NAMES: ReadonlySet<string> = new Set(['name', 'alias', 'version']);
/** Whether a row counts. Null is an answer: such a file was declared, and never uploaded. */
const STATES: ReadonlySet<string> = new Set(['state', 'updatedAt', 'versionIndex']);

/** What a scalar must be to be an answer; null: whatever it is will do. */
function ruleOf(key: string, outer: string): Field['isTold'] {
  if (NAMES.has(key)) return (value) => typeof value === 'string' && value !== '';
  if (!STATES.has(key)) return null;
  const type = key === 'versionIndex' ? 'number' : 'string';
  const isAsked = key === 'updatedAt' ? outer === 'node' : ROWS.has(outer);
  return (value) => value === null || (value === undefined ? !isAsked : typeof value === type);
}

interface ConnectionLike {
  readonly edges: readonly { readonly cursor?: unknown }[];
  readonly pageInfo?: { readonly hasNextPage?: unknown; readonly endCursor?: unknown };
}

/** Does a page tell whether there are more, and where? One that asks for no place must at least bring something. */
function isPlaced({ hasCursor }: Field, { edges, pageInfo }: Partial<ConnectionLike>): boolean {
  if (typeof pageInfo?.hasNextPage !== 'boolean') return false;
  if (!pageInfo.hasNextPage) return true;
  if (!hasCursor) return edges !== undefined && edges.length > 0;
  return [edges?.at(-1)?.cursor, pageInfo.endCursor].some(
    (cursor) => typeof cursor === 'string' && cursor !== '',
  );
}

function shapeOf(document: string): Shape {
  const known = shapes.get(document);
  if (known) return known;
  const fragments = new Map<string, SelectionSetNode>();
  const { definitions } = parse(document, { noLocation: true });
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition.selectionSet);
  }
  const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('The document has no operation.');
  const shape = {
    isMutation: operation.operation === 'mutation',
    root: fieldsOf(operation.selectionSet, fragments, '', null),
  };
  shapes.set(document, shape);
  return shape;
}

/** Fields of several fragments may have one key: each is looked at. */
function fieldsOf(
  set: SelectionSetNode,
  fragments: Fragments,
  outer: string,
  outerCondition: string | null,
): Selection {
  return set.selections.flatMap((node): Selection => {
    const condition = conditionOf(node.directives ?? []) ?? outerCondition;
    // Of other types than the one that is there nothing comes.
    if (node.kind === Kind.INLINE_FRAGMENT) return [];
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(node.name.value);
      return fragment ? fieldsOf(fragment, fragments, outer, condition) : [];
    }
    const key = (node.alias ?? node.name).value;
    const inner = node.selectionSet ? fieldsOf(node.selectionSet, fragments, key, null) : null;
    const edges = inner?.find((field) => field.key === 'edges');
    const page = inner?.find((field) => field.key === 'pageInfo');
    const isListing = edges !== undefined && page !== undefined;
    return [
      {
        key,
        inner,
        looked: (inner ?? []).filter((field) => field.inner !== null || field.isTold !== null),
        isTold: inner === null ? ruleOf(key, outer) : null,
        condition,
        isConnection: edges !== undefined,
        isListing,
        hasCursor: [edges, page].some((at) =>
          at?.inner?.some((field) => /^(cursor|endCursor)$/.test(field.key)),
        ),
        isNeverNull: isListing || LISTS.has(key) || PARTS.has(key) || (key === 'entity' && outer !== ''),
        isList: LISTS.has(key) && edges === undefined,
      },
    ];
  });
}

type Directives = NonNullable<SelectionSetNode['selections'][number]['directives']>;

function conditionOf(directives: Directives): string | null {
  const value = directives.find(({ name }) => name.value === 'include')?.arguments?.[0]?.value;
  return value?.kind === Kind.VARIABLE ? value.name.value : null;
}

/** For as long a name that was seen isn't taken to be gone: servers in trouble answer null for all they can't find. */
const SHOWN_MS = 60_000;

const MOST_NAMES = 10_000;

/**
 * The entities and projects that the server has shown. Null is how it says that there is none, and how it answers when
 * something between it and its data fails; taken for the truth, that would empty a whole tree at once.
 */
export class ShownNames {
  // A size of 1 each: `max` would set aside memory for all entries at once.
  private readonly shownAt = new LRUCache<string, number>({ maxSize: MOST_NAMES, sizeCalculation: () => 1 });

  constructor(private readonly clock: Clock) {}

  /**
   * Takes note of what an answer shows of what its variables name.
   *
   * @throws EIO, to be asked again, where it doesn't show what was seen a moment ago
   */
  check(variables: { readonly entity?: unknown; readonly project?: unknown }, data: object): void {
    const { entity, project } = variables;
    if (typeof entity !== 'string') return;
    const answer: { readonly entity?: unknown; readonly project?: unknown } = data;
    if (typeof project === 'string') this.look('project', `${entity}/${project}`, answer.project);
    this.look('entity', entity, answer.entity);
  }

  /** It was deleted here. */
  forgetProject(entity: string, project: string): void {
    this.shownAt.delete(`project ${entity}/${project}`);
  }

  private look(level: 'entity' | 'project', name: string, shown: unknown): void {
    const key = `${level} ${name}`;
    const now = this.clock.now();
    if (typeof shown === 'object' && shown !== null) {
      this.shownAt.set(key, now);
      return;
    }
    const at = this.shownAt.get(key);
    if (shown !== null || at === undefined || now - at >= SHOWN_MS) return;
    throw new WireFailure(
      'EIO',
      `The server doesn't show the ${level} '${name}', which it showed ${Math.ceil((now - at) / 1000)} s ago. ` +
        `If it was deleted, it is ENOENT from ${SHOWN_MS / 1000} s after that on.`,
      `no ${level} in the answer`,
      'empty',
    );
  }
}
