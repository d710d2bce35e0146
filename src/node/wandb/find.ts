import type { FoundRuns, RunQuery } from '../../contract/store.js';
import { decodeName, encodeName, segmentsOf, type TreePath, treePath } from '../../contract/tree-path.js';
import { failure, notSupported } from '../arguments/errors.js';
import { invalidArgumentValue } from '../arguments/refusals.js';
import {
  asInteger,
  asObject,
  asSignal,
  asString,
  assertKnownOptions,
  type Bag,
} from '../arguments/validate.js';
import { type Composite, invoke } from '../composites/driver.js';
import { placeOf, type Tree } from '../tree.js';
import { located, type RunInfo } from './info.js';
import { FIELDS, filterOf, type RunFilters } from './run-filters.js';

/** Where runs are looked for, which, and in which order. */
export interface FindOptions extends RunFilters {
  /** @default that of `root` */
  readonly entity?: string | undefined;
  /** @default that of `root` */
  readonly project?: string | undefined;
  /** A sign ('+' may be left out) and what is sorted by; config and summary by a key such as 'summary.loss'. */
  readonly order?: RunOrder | undefined;
  /** Runs in one answer of the server. @default 50 */
  readonly perPage?: number | undefined;
  /** Runs at most. @default all */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Sorted = 'createdAt' | 'heartbeatAt' | `config.${string}` | `summary.${string}`;
/** @default '+createdAt', oldest first */
export type RunOrder = Sorted | `+${Sorted}` | `-${Sorted}`;

/** The runs that were found: asked for page by page, as they are taken; anew for each loop over them. */
export interface RunsFound extends AsyncIterable<RunInfo> {
  /** The first one; null where there is none. */
  first(): Promise<RunInfo | null>;
  /** All of them, up to `limit`. */
  toArray(): Promise<RunInfo[]>;
}

const PER_PAGE = 50;
/** Pages without a run in them, one after another, from a server that says there are more. */
const MOST_EMPTY_PAGES = 10;

/** Checks the options at once; asks when somebody takes the first run. */
export function find(tree: Tree, options: unknown): RunsFound {
  if (tree.mount.layout.shape.kind !== 'runs') {
    throw notSupported('find', 'Runs are found in the tree of runs: createWandbFs().wandb.find().');
  }
  const query = asQuery(tree, options);
  return {
    [Symbol.asyncIterator]: () => runsOf(tree, query),
    first: async () => {
      for await (const run of runsOf(tree, { ...query, limit: Math.min(1, query.limit) })) return run;
      return null;
    },
    toArray: async () => {
      const runs: RunInfo[] = [];
      for await (const run of runsOf(tree, query)) runs.push(run);
      return runs;
    },
  };
}

async function* runsOf(tree: Tree, query: Query): AsyncGenerator<RunInfo, void, undefined> {
  const cursors = new Set<string>();
  let left = query.limit;
  let empty = 0;
  for (let after: string | null = null; left > 0; ) {
    const first = Math.min(query.perPage, left);
    const page: FoundRuns = await tree.calls.drive(pageOf(tree, query, { after, first }));
    for (const { path, facts } of page.runs.slice(0, left)) yield located(tree, facts, path);
    left -= page.runs.length;
    after = page.next;
    if (after === null) return;
    empty = page.runs.length === 0 ? empty + 1 : 0;
    if (cursors.has(after) || empty === MOST_EMPTY_PAGES) {
      const call = { syscall: 'find', path: tree.mount.show(query.path) };
      throw failure('EPROTO', call, "The server doesn't come to the end of what it finds.");
    }
    cursors.add(after);
  }
}

const pageOf = (
  tree: Tree,
  { path, filters, order, signal }: Query,
  page: Pick<RunQuery, 'after' | 'first'>,
): Composite<FoundRuns> => {
  const project = placeOf(tree, tree.mount.show(path));
  return invoke({
    syscall: 'find',
    path: project.given,
    signal,
    explain: (op) => project.whyMissing(op, false) ?? 'There is no such project.',
    run: (op) => tree.kernel.find(op, { path, filters, order, ...page }),
  });
};

type Query = ReturnType<typeof asQuery>;

function asQuery(tree: Tree, options: unknown) {
  const given = asObject(options, 'options');
  assertKnownOptions(given, KNOWN, 'find');
  const { perPage = PER_PAGE, limit = Number.POSITIVE_INFINITY } = given;
  return {
    path: projectOf(tree, given),
    filters: filterOf(given),
    order: orderOf(given.order ?? '+createdAt'),
    perPage: asInteger(perPage, 'options.perPage', 1),
    limit: limit === Number.POSITIVE_INFINITY ? limit : asInteger(limit, 'options.limit', 1),
    signal: asSignal(given.signal, 'options.signal'),
  };
}

const KNOWN: readonly string[] = [
  ...['entity', 'project', ...Object.keys(FIELDS), 'filters'],
  ...['order', 'perPage', 'limit', 'signal'],
];

/** The directory of the project, which `root` may name already. */
function projectOf(tree: Tree, given: Bag): TreePath {
  const [entity, project, ...below] = segmentsOf(tree.mount.top);
  if (below.length > 0) throw notSupported('find', 'The tree shows one run only, by `root`.');
  return treePath(`${nameOf('entity', given.entity, entity)}/${nameOf('project', given.project, project)}`);
}

function nameOf(option: string, value: unknown, ofRoot: string | undefined): string {
  const name = `options.${option}`;
  const given = asString(value === undefined && ofRoot !== undefined ? decodeName(ofRoot) : value, name);
  if (given === '') throw invalidArgumentValue(name, given, `must be the name of the ${option}`);
  const segment = encodeName(given);
  if (ofRoot === undefined || segment === ofRoot) return segment;
  throw invalidArgumentValue(name, given, `must be '${decodeName(ofRoot)}', as \`root\` is below it`);
}

const PLAIN_ORDERS: Readonly<Record<string, string>> = {
  createdAt: 'created_at',
  heartbeatAt: 'heartbeat_at',
};

function orderOf(value: unknown): string {
  const [, sign = '', name = ''] = /^([+-]?)(.*)$/s.exec(asString(value, 'options.order')) ?? [];
  const [root, ...keys] = name.split('.');
  const isKeyed = keys.length > 0 && !keys.includes('');
  if (root === 'summary' && isKeyed) return `${sign}summary_metrics.${keys.join('.')}`;
  if (root === 'config' && isKeyed) return `${sign}config.${[keys[0], 'value', ...keys.slice(1)].join('.')}`;
  const plain = Object.hasOwn(PLAIN_ORDERS, name) ? PLAIN_ORDERS[name] : undefined;
  if (plain !== undefined) return `${sign}${plain}`;
  const reason =
    "must be 'createdAt', 'heartbeatAt', 'config.<key>' or 'summary.<key>', with a '+' or '-' before it";
  throw invalidArgumentValue('options.order', value, reason);
}
