import { dig, isObject, readSent } from '../graphql/json.js';
import { ensure } from './records.js';

type Row = Readonly<Record<string, unknown>>;

const parse = (line: string): Row => JSON.parse(line);

const stepOf = (row: Row): number | null => (typeof row._step === 'number' ? row._step : null);

/** As many of the items as asked for, evenly spread, the first and the last among them. */
export function sampled<Item>(items: readonly Item[], samples: number): readonly Item[] {
  if (items.length <= samples) return items;
  const gap = (items.length - 1) / Math.max(samples - 1, 1);
  return Array.from({ length: Math.max(samples, 0) }, (_, index) => items[Math.round(index * gap)] as Item);
}

/** The lines of steps from the first up to the other, without that one. Lines that name no step are of all. */
export const between = (
  lines: readonly string[],
  minStep: number | null | undefined,
  maxStep: number | null | undefined,
): readonly string[] =>
  lines.filter((line) => {
    const step = stepOf(parse(line));
    return step === null || (step >= (minStep ?? -Infinity) && step < (maxStep ?? Infinity));
  });

/** One question of `sampledHistory`, as JSON text. Here `maxStep` is the last step that counts. */
interface Spec {
  readonly keys?: readonly string[];
  readonly samples?: number;
  readonly minStep?: number;
  readonly maxStep?: number;
}

/** Of the rows that have all the keys those keys. */
export function sampledHistory(lines: readonly string[], text: string): readonly Row[] {
  const spec = readSent('a spec of sampledHistory is not JSON', (): Spec => JSON.parse(text));
  const { keys, samples = 500, minStep, maxStep } = spec;
  const rows = between(lines, minStep, maxStep === undefined ? undefined : maxStep + 1).map(parse);
  if (!keys) return sampled(rows, samples);
  const picked = rows.flatMap((row) => {
    const values = keys.map((key): [string, unknown] => [
      key,
      key in row ? row[key] : dig(row, key.split('.')),
    ]);
    return values.every(([, value]) => value !== undefined) ? [Object.fromEntries(values)] : [];
  });
  return sampled(picked, samples);
}

/** Where the steps of these lines are, which lie in no Parquet file. */
export const liveSteps = (lines: readonly string[], keys: readonly string[]): readonly Row[] =>
  lines.map(parse).flatMap((row) => {
    const step = stepOf(row);
    const live = keys.map((key): [string, unknown] => [key, row[key]]);
    return step === null ? [] : [{ ...Object.fromEntries(live), _step: step }];
  });

interface KeyFacts {
  readonly typeCounts: { type: string; count: number }[];
  previousValue: unknown;
}

/** What the history tells of each of its keys; those of objects are named by their path, `outer.inner`. */
export function historyKeys(lines: readonly string[]) {
  const keys = new Map<string, KeyFacts>();
  let lastStep = -1;
  for (const row of lines.map(parse)) {
    lastStep = stepOf(row) ?? lastStep;
    for (const [key, value] of leaves(row)) {
      const facts = ensure(keys, key, (): KeyFacts => ({ typeCounts: [], previousValue: null }));
      facts.previousValue = value;
      const type = typeOf(value);
      const counted = facts.typeCounts.find((one) => one.type === type);
      if (counted) counted.count++;
      else facts.typeCounts.push({ type, count: 1 });
    }
  }
  return { lastStep, sets: [], keys: Object.fromEntries(keys) };
}

/** An object with a `_type` is a value: an image, a table. */
function* leaves(row: Row, above = ''): Iterable<[string, unknown]> {
  for (const [name, value] of Object.entries(row)) {
    if (isObject(value) && !('_type' in value)) yield* leaves(value, `${above}${name}.`);
    else yield [above + name, value];
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'nil';
  if (Array.isArray(value)) return 'list';
  return isObject(value) && typeof value._type === 'string' ? value._type : typeof value;
}
