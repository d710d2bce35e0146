/**
 * Pairs of ours and the peer's, interleaved: what else the machine does meets both. Their order changes from pair to pair, for the
 * second finds caches and garbage of the first. Of the ratios of the pairs the median counts; the least and the
 * greatest tell how far it can be trusted.
 */
import { collect } from './measure.mjs';

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const mediansOf = (samples) =>
  Object.fromEntries(Object.keys(samples[0]).map((key) => [key, median(samples.map((one) => one[key]))]));

/**
 * @param {import('./row.d.mts').Row} row
 * @param state what `prepare` made
 * @param {{ pairs: number, warmUp: boolean, measure: Function }} how
 */
export async function measurePairs(row, state, { pairs, warmUp, measure }) {
  const of = row.of ?? 'ms';
  const take = async (side) => {
    await collect();
    const sample = await row[side](state, measure);
    if (!Number.isFinite(sample?.[of]))
      throw new Error(`'${row.name}': ${side} gave no number '${of}', but ${JSON.stringify(sample)}.`);
    return sample;
  };
  if (warmUp) {
    await take('ours');
    await take('peer');
  }
  const taken = { ours: [], peer: [] };
  for (let pair = 0; pair < pairs; pair++) {
    const order = pair % 2 ? ['peer', 'ours'] : ['ours', 'peer'];
    for (const side of order) taken[side].push(await take(side));
  }
  const ratios = taken.ours.map((ours, at) => ours[of] / taken.peer[at][of]);
  return {
    ours: mediansOf(taken.ours),
    peer: mediansOf(taken.peer),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
    pairs,
  };
}
