import { availableParallelism, cpus, totalmem } from 'node:os';

export const machine = () => ({
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
});

const rounded = (number) => (Math.abs(number) >= 100 ? Math.round(number) : Number(number.toPrecision(3)));
const roundedAll = (sample) =>
  Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, rounded(value)]));

/** A row of the results: what was measured beside what was wanted, or why it wasn't measured. */
export function resultOf(row, measured) {
  const { name, title, against, aim, most = {}, of = 'ms' } = row;
  const told = { name, title, against, of, aim, most };
  if (measured.ratio === undefined) return { ...told, ...measured };
  const { ours, peer, ratio, spread, pairs, size } = measured;
  return {
    ...told,
    ours: roundedAll(ours),
    peer: roundedAll(peer),
    ratio: rounded(ratio),
    spread: spread.map(rounded),
    pairs,
    size,
    met: ratio <= aim && Object.entries(most).every(([key, limit]) => ours[key] <= limit),
  };
}

/** One line for who watches. */
export function tableLine({
  title,
  against,
  of,
  aim,
  ours,
  peer,
  ratio,
  spread,
  most,
  met,
  skipped,
  failed,
}) {
  if (ratio === undefined) return `${title}: ${failed ?? skipped}`;
  const counts = Object.keys(most).map((key) => `${key} ${ours[key]} (≤ ${most[key]})`);
  return [
    `${met ? 'met   ' : 'NOT   '} ${title}: ${ratio} × ${against} (≤ ${aim}; ${spread.join('–')})`,
    `${of} ${ours[of]} / ${peer[of]}`,
    ...counts,
  ].join(', ');
}
