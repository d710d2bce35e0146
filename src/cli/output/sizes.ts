const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** Bytes as coreutils' `-h` writes them: powers of 1024, rounded up, with one decimal below 10. */
export function humanSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  if (unit === 0) return String(bytes);
  const tenths = Math.ceil(value * 10) / 10;
  if (tenths < 10) return `${tenths.toFixed(1)}${UNITS[unit]}`;
  const whole = Math.ceil(value);
  return whole < 1024 || unit === UNITS.length - 1 ? `${whole}${UNITS[unit]}` : `1.0${UNITS[unit + 1]}`;
}

/** @param size null: W&B doesn't tell */
export const shownSize = (size: number | null, isHuman: boolean): string =>
  size === null ? '?' : isHuman ? humanSize(size) : String(size);
