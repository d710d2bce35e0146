import { availableParallelism } from 'node:os';
import { type Condition, type Ending, endOf } from './ending.js';
import { BY_ONE, BY_TWO, BY_TWO_AND_MORE, COLUMNS, type Piece } from './pieces.js';
import type { Way } from './ways.js';

/** A row of the table, as it was seen, and what is wrong about it. */
export interface Row {
  readonly cells: readonly string[];
  readonly wrong: readonly string[];
}

const FAILING = ['down', 'refusing'] as const satisfies readonly Condition[];

/** The reason that is told with what wasn't uploaded. */
const REASONS = { down: /connection|reach|ECONN/i, refusing: /\b403\b/ };

const COMPLAINT = /wandb-fs: |WandbFs/;

export const HEADINGS = [
  'A process ends',
  ...COLUMNS,
  'server down',
  'storage refuses',
  'exit code',
] as const;

/** Processes side by side: they wait as much as they compute. */
const AT_ONCE = availableParallelism() + 1;

/** Runs all processes of all rows, some at once, in the order of the rows; a row is there when all of its are. */
export function runAll(ways: readonly Way[], project: string): ReadonlyMap<Way, Promise<Row>> {
  const waiting: (() => Promise<void>)[] = [];
  const later = (task: () => Promise<Ending>): Promise<Ending> =>
    new Promise((resolve, reject) => {
      waiting.push(() => task().then(resolve, reject));
    });
  const rows = new Map(ways.map((way) => [way, rowOf(way, project, later)]));
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next();
  };
  for (let count = 0; count < AT_ONCE; count++) void work();
  return rows;
}

async function rowOf(
  way: Way,
  project: string,
  later: (task: () => Promise<Ending>) => Promise<Ending>,
): Promise<Row> {
  const run = (parts: readonly (readonly Piece[])[], condition: Condition) =>
    later(() => endOf(way, parts, condition, project));
  const isRunner = way.writer.kind !== 'process';
  const healthy = run(isRunner ? [BY_ONE, BY_TWO] : [BY_TWO_AND_MORE], 'healthy');
  const failing = way.isBeyondHelp ? [] : FAILING.map((condition) => run([BY_TWO_AND_MORE], condition));
  const [good, ...bad] = await Promise.all([healthy, ...failing]);
  return {
    cells: [
      way.name,
      ...COLUMNS.map((column) => cellOf(way, good, column)),
      ...FAILING.map((_, index) => failingCellOf(bad[index])),
      statusCell(way),
    ],
    wrong: [
      ...wrongIn(way, good, 'healthy'),
      ...bad.flatMap((ending, index) => wrongIn(way, ending, FAILING[index] ?? 'healthy')),
    ],
  };
}

function cellOf(way: Way, ending: Ending, column: string): string {
  const fates = [...ending.fates].flatMap(([piece, fate]) =>
    piece.column === column && !piece.closes ? [fate] : [],
  );
  if (fates.includes('mixed')) return 'mixed';
  if (way.isBeyondHelp) return 'old or new';
  return fates.includes('old') ? 'lost' : 'uploaded';
}

function failingCellOf(ending: Ending | undefined): string {
  if (!ending) return '—';
  return unnamedIn(ending).length === 0 ? 'named' : 'lost';
}

function statusCell({ status, statusOfLoss }: Way): string {
  const all = statusOfLoss === 'own' || statusOfLoss === status ? [status] : [status, statusOfLoss];
  return all.map((one) => (typeof one === 'number' ? String(one) : `\`${one}\``)).join(', or ');
}

/** Files that aren't on the server, and aren't named either. Of many the first ones are named and the others counted. */
function unnamedIn({ fates, said }: Ending): readonly string[] {
  const lost = [...fates].filter(([, fate]) => fate !== 'new').map(([piece]) => piece.name);
  const unnamed = lost.filter((name) => !said.includes(`/${name}`));
  const counted = [...said.matchAll(/\band (\d+) more\b/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  return unnamed.length <= counted ? [] : unnamed;
}

function wrongIn(way: Way, ending: Ending, condition: Condition): readonly string[] {
  const { fates, said, status, leftovers } = ending;
  const named = (fate: string) => [...fates].filter(([, other]) => other === fate).map(([{ name }]) => name);
  const isLost = named('new').length < fates.size && !way.isBeyondHelp;
  const wrong: string[] = [];
  if (named('mixed').length > 0) wrong.push(`neither old nor new: ${named('mixed')}`);
  if (leftovers.length > 0) wrong.push(`left behind: ${leftovers}`);
  if (isLost && condition === 'healthy') wrong.push(`lost: ${named('old')}`);
  if (isLost && unnamedIn(ending).length > 0) wrong.push(`not named: ${unnamedIn(ending)}`);
  if (isLost && condition !== 'healthy' && !REASONS[condition].test(said)) wrong.push('no reason is told');
  const wanted = isLost ? way.statusOfLoss : way.status;
  if (wanted !== 'own' && status !== wanted) wrong.push(`ended with ${status} instead of ${wanted}`);
  if (condition === 'healthy' && COMPLAINT.test(said)) wrong.push('it complains');
  return wrong.length === 0 ? [] : [`${condition}: ${wrong.join('; ')}`, said];
}
