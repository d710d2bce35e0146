/** A console line as the file stream brings it: an optional 'ERROR ', a time stamp, the text. */
export function parseLogLine(text: string): { level: string | null; timestamp: string | null; line: string } {
  const parts = /^(ERROR )?(\d{4}-\d\d-\d\dT[\d:.]+Z?) ?([\s\S]*)$/.exec(text);
  if (!parts) return { level: null, timestamp: null, line: text };
  return { level: parts[1] ? 'error' : null, timestamp: parts[2] ?? null, line: parts[3] ?? '' };
}
