/** Controls of the terminal, and of the direction of text: what shows a name as another one, or moves the cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A name as a terminal may be told it; in a pipe names are what they are. */
export const escaped = (name: string): string =>
  name.replace(CONTROLS, (char) => {
    const code = char.charCodeAt(0);
    const hex = code.toString(16);
    return SHORT[char] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
  });
