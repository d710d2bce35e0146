const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  html: 'text/html',
  jpg: 'image/jpeg',
  json: 'application/json',
  log: 'text/plain',
  md: 'text/markdown',
  png: 'image/png',
  py: 'text/x-python',
  txt: 'text/plain',
  yaml: 'text/yaml',
};

/** By the name's extension; empty where it tells nothing, as the service has it. */
export function mimeType(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : (TYPES[name.slice(dot + 1).toLowerCase()] ?? '');
}
