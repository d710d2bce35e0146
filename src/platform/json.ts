/** What may begin or end a string, and what in one doesn't; and what stands outside of them. */
const PARTS = /\\.|"|-?\b(?:NaN|Infinity)\b/gs;

/**
 * JSON as it was told, but for the numbers that Python and the SDK's core write and JSON hasn't: NaN, Infinity and -Infinity
 * become the text of their names, as W&B itself keeps them.
 *
 * One pass, part by part: to match a string as a whole fails in the midst of a long one, and takes hours for one without an end.
 */
export function withoutConstants(json: string): string {
  if (!/NaN|Infinity/.test(json)) return json;
  let isInString = false;
  return json.replace(PARTS, (part) => {
    if (part === '"') isInString = !isInString;
    return isInString || part === '"' || part.startsWith('\\') ? part : `"${part}"`;
  });
}
