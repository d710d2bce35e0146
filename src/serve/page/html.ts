/** For text between tags and in attributes. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Data as a person reads it. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch (error) {
    // What is nested deeper than can be written down again would keep all the rest from being shown.
    if (error instanceof RangeError) return '…';
    throw error;
  }
}
