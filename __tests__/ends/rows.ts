import { availableParallelism } from 'node:os';
import { type Condition, type Ending, endOf, type Fate, type Fates } from './ending.js';
import { BY_ONE, BY_TWO, BY_TWO_AND_MORE, COLUMNS, type Column, type Piece } from './pieces.js';
import type { Way } from './ways.js';

/** A row of the table, as it was seen, and what is wrong about it. */
export interface Row {
  readonly cells: readonly string[];
  readonly wrong: readonly string[];
}

/** The reason that is told with what wasn't uploaded. */
const REASONS = { healthy: /./, down: /connection|reach|ECONN|exitFlushMs/i, journal: /\b403\b/ };

/** Characters of what a process says that are shown with what is wrong. */
const MOST_SAID = 2000;

const COMPLAINT = /wandb-fs: |WandbFs|MaxListeners/;

export const HEADINGS = ['A process ends', ...COLUMNS, 'server down', 'exit code', 'with a journal'] as const;

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
  const [healthy, journal, down] = await Promise.all([
    run(isRunner ? [BY_ONE, BY_TWO] : [BY_TWO_AND_MORE], 'healthy'),
    run([BY_TWO_AND_MORE], 'journal'),
    way.isBeyondHelp ? null : run([BY_TWO_AND_MORE], 'down'),
  ]);
  return {
    cells: [
      way.name,
      ...COLUMNS.map((column) => uploadedCell(way, healthy, column)),
      down ? namedCell(down) : '—',
      statusCell(...(down ? [healthy, down] : [healthy])),
      journalCell(way, journal),
    ],
    wrong: [
      ...wrongIn(way, healthy, 'healthy'),
      ...(down ? wrongIn(way, down, 'down') : []),
      ...wrongIn(way, journal, 'journal'),
    ],
  };
}

function uploadedCell(way: Way, { fates }: Ending, column: Column): string {
  const seen = [...fates].flatMap(([piece, fate]) =>
    piece.column === column && !piece.closes ? [fate] : [],
  );
  if (seen.includes('mixed')) return 'mixed';
  if (way.isBeyondHelp) return 'old or new';
  return seen.includes('old') ? 'lost' : 'uploaded';
}

const namedCell = (ending: Ending): string => (unnamedIn(ending).length === 0 ? 'named' : 'lost');

const statusCell = (...endings: readonly Ending[]): string =>
  [...new Set(endings.map(({ status }) => status))]
    .map((status) => (typeof status === 'number' ? String(status) : `\`${status}\``))
    .join(', or ');

const journalCell = (way: Way, ending: Ending): string =>
  unsentIn(way, ending).length === 0 ? 'sent by the next start' : 'lost';

const named = (fates: Fates, isMeant: (fate: Fate, piece: Piece) => boolean): readonly string[] =>
  [...fates].filter(([piece, fate]) => isMeant(fate, piece)).map(([{ name }]) => name);

/** Files that aren't on the server, and aren't named either. Of many the first ones are named and the others counted. */
function unnamedIn({ fates, said }: Ending): readonly string[] {
  const unnamed = named(fates, (fate, { name }) => fate !== 'new' && !said.includes(`/${name}`));
  const counted = [...said.matchAll(/\band (\d+) more\b/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  return unnamed.length <= counted ? [] : unnamed;
}

/** Files that the next process should have sent and hasn't. Beyond help nothing is promised of a file that was open. */
function unsentIn({ isBeyondHelp }: Way, { fatesAfterNext }: Ending): readonly string[] {
  const isPromised = ({ column }: Piece) => !(isBeyondHelp && column === 'never closed');
  return fatesAfterNext ? named(fatesAfterNext, (fate, piece) => fate !== 'new' && isPromised(piece)) : [];
}

function wrongIn(way: Way, ending: Ending, condition: Condition): readonly string[] {
  const { fates, said, status, leftovers } = ending;
  const wrong: string[] = [];
  const none = (what: string, names: readonly string[]) => {
    if (names.length > 0) wrong.push(`${what}: ${names.join(', ')}`);
  };
  const lost = way.isBeyondHelp ? [] : named(fates, (fate) => fate !== 'new');
  none(
    'neither old nor new',
    named(fates, (fate) => fate === 'mixed'),
  );
  none('left behind', leftovers);
  if (condition === 'healthy') none('lost', lost);
  if (condition === 'journal') none('not sent by the next start', unsentIn(way, ending));
  if (!way.isBeyondHelp) none('not named', unnamedIn(ending));
  if (lost.length > 0 && !REASONS[condition].test(said)) wrong.push('no reason is told');
  const wanted = lost.length > 0 && condition !== 'journal' ? way.statusOfLoss : way.status;
  if (status === 'never') wrong.push('it never ended');
  else if (wanted !== 'own' && status !== wanted) wrong.push(`ended with ${status} instead of ${wanted}`);
  if (condition === 'healthy' && COMPLAINT.test(said)) wrong.push('it complains');
  return wrong.length === 0 ? [] : [`${condition}: ${wrong.join('; ')}`, said.slice(0, MOST_SAID)];
}
