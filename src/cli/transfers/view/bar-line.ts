import { humanSize } from '../../output/sizes.js';
import { columnsOf, cut } from '../../output/table.js';

/** What one line tells, beside how far it is. */
export interface Shown {
  readonly label: string;
  /** Since it began. */
  readonly seconds: number;
}

interface Line extends Shown {
  /** Bytes. */
  readonly value: number;
  readonly total: number;
}

const WIDEST_BAR = 30;
const NARROWEST_BAR = 6;

/**
 * A line of exactly so many columns, or fewer: what is done as a bar and in percent, bytes, rate, the time that is left, and
 * what it is about. In a narrow terminal the bar goes first, then all but percent and label.
 */
export function barLine({ label, seconds, value, total }: Line, columns: number): string {
  const share = total > 0 ? Math.min(1, value / total) : 1;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const rate = seconds > 0 ? value / seconds : 0;
  const left = rate > 0 ? durationOf((total - value) / rate) : '--:--';
  const facts = `${humanSize(value)}/${humanSize(total)} ${humanSize(Math.round(rate))}/s ${left}`;
  // The last column stays free: some terminals go on to the next line after it.
  const room = columns - 1;
  const labelWidth = Math.min(columnsOf(label), Math.max(8, Math.floor(room / 2)));
  const bar = Math.min(WIDEST_BAR, room - labelWidth - percent.length - columnsOf(facts) - 5);
  if (bar >= NARROWEST_BAR) return `${drawn(share, bar)} ${percent} ${facts} ${cut(label, labelWidth)}`;
  const rest = room - percent.length - columnsOf(facts) - 2;
  if (rest >= 8) return `${percent} ${facts} ${cut(label, rest)}`;
  return cut(`${percent} ${label}`, room);
}

const drawn = (share: number, width: number): string => {
  const full = Math.round(share * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
};

/** Such as '01:05' or '2:10:00'. */
function durationOf(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const short = `${String(minutes).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${short}` : short;
}
