import { humanSize } from '../../output/sizes.js';
import type { Told } from './view.js';

/** Such as '3 files (1.5K) copied, 1 removed, 20 the same'. */
export function summaryOf({ files, bytes, removed, same, kept = 0 }: Told): string {
  const parts = [`${files} file${files === 1 ? '' : 's'} (${humanSize(bytes)}) copied`];
  if (removed > 0) parts.push(`${removed} removed`);
  if (same > 0) parts.push(`${same} the same`);
  if (kept > 0) parts.push(`${kept} there already`);
  return parts.join(', ');
}
