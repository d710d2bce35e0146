import type { Output } from './output.js';

const CODES = { directory: 34, link: 36, good: 32, bad: 31, faint: 2 } as const;

/** A text in the colour of what it is, where the stream has colours. */
export const styled = (
  text: string,
  style: keyof typeof CODES | null,
  { hasColors }: Pick<Output, 'hasColors'>,
): string => (hasColors && style !== null ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
