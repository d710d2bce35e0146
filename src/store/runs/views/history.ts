import { Failure } from '../../../contract/failure.js';
import { withoutConstants } from '../../../platform/json.js';
import { RunHistoryDocument, RunHistoryEndDocument } from '../../../wire/generated.js';
import { WireFailure } from '../../../wire/wire-failure.js';
import { isObject } from '../../common/facts.js';
import type { RunName, RunsContext } from '../tree.js';

/** Steps from the first up to the other, without that one. */
interface Steps {
  readonly from: number;
  readonly to: number;
}

interface Answer {
  readonly rows: readonly string[];
  /** There may be more of them. */
  readonly isSampled: boolean;
}

/** Pages that are asked for while one is taken. */
const AHEAD = 4;
/** How full a page is meant to be: steps aren't spread evenly, and a full one is asked for again in halves. */
const FILLING = 0.8;

/**
 * The rows of a history in the order of their steps, each as one line of JSON, page by page. A page that brings as many rows as
 * it was asked for may be a sample, so it is asked for again by halves: no row is left out, however they are spread.
 */
export async function* historyLines(
  context: RunsContext,
  run: RunName,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { project } = await context.client.run(RunHistoryEndDocument, { ...run }, { signal });
  if (!project?.run) throw new Failure('ENOENT');
  const { historyKeys, historyLineCount } = project.run;
  const rows = historyLineCount ?? 0;
  const end = endOf(historyKeys, rows);
  const width = widthOf(end, rows, context.sizes.get('history'));
  const ask = (steps: Steps): Promise<Answer> => askFor(context, run, steps, signal);
  const asked: { readonly steps: Steps; readonly answer: Promise<Answer> }[] = [];
  for (let from = 0; from < end || asked.length > 0; ) {
    for (; from < end && asked.length < AHEAD; from += width) {
      const steps = { from, to: Math.min(from + width, end) };
      const answer = ask(steps);
      // Those behind one that fails are told by nobody.
      void Promise.allSettled([answer]);
      asked.push({ steps, answer });
    }
    const first = asked.shift();
    if (first) yield* linesOf(first.steps, await first.answer, ask);
  }
}

/** Steps of a page: fewer than rows that it may have, where each step has one. */
function widthOf(end: number, rows: number, page: number): number {
  const most = Math.max(1, page - 1);
  return Math.max(most, Math.floor((end * page * FILLING) / Math.max(rows, page * FILLING)));
}

async function* linesOf(
  steps: Steps,
  { rows, isSampled }: Answer,
  ask: (steps: Steps) => Promise<Answer>,
): AsyncGenerator<string> {
  const { from, to } = steps;
  if (isSampled) {
    if (to - from <= 1) throw broken(`has more rows of step ${from} than it tells at once`);
    const middle = from + Math.floor((to - from) / 2);
    for (const half of [
      { from, to: middle },
      { from: middle, to },
    ])
      yield* linesOf(half, await ask(half), ask);
    return;
  }
  const lines = rows.flatMap((row) => lineIn(steps, row) ?? []);
  if (lines.length > 0) yield lines.join('');
}

async function askFor(
  { client, sizes, sized }: RunsContext,
  run: RunName,
  { from, to }: Steps,
  signal: AbortSignal,
): Promise<Answer> {
  return sizes.adapt('history', sizes.get('history'), async (samples) => {
    const variables = { ...run, minStep: from, maxStep: to, samples };
    const { project } = await client.run(RunHistoryDocument, variables, sized(samples, signal));
    if (!project?.run) throw new Failure('ENOENT');
    const { history } = project.run;
    if (!Array.isArray(history)) throw broken("doesn't tell the history of the run");
    return { rows: history, isSampled: history.length >= samples };
  });
}

/** A row as it was told, for numbers in it may be longer than those of JavaScript; null where it is of other steps. */
function lineIn({ from, to }: Steps, told: string): string | null {
  const row = withoutConstants(told);
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw broken('tells a row of the history that is no JSON', error.message);
  }
  if (!isObject(value)) throw broken('tells a row of the history that is no object');
  const step = value._step;
  // A row that names none is told with each page.
  const isHere = typeof step === 'number' ? step >= from && step < to : from === 0;
  // Between the tokens of JSON alone there can be one.
  return isHere ? `${row.replace(/[\r\n]+/g, ' ')}\n` : null;
}

/** Behind the last step; 0 where there are no rows. Of rows that were just logged a server may not know it yet: they are anywhere. */
function endOf(historyKeys: unknown, rows: number): number {
  const last = isObject(historyKeys) ? historyKeys.lastStep : undefined;
  if (typeof last === 'number' && Number.isSafeInteger(last) && last >= 0) return last + 1;
  return rows > 0 ? Number.MAX_SAFE_INTEGER : 0;
}

const broken = (what: string, cause: string | null = null): WireFailure =>
  new WireFailure('EPROTO', `The server ${what}.`, cause, 'protocol');
