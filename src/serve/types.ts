import { lookup } from 'mrmime';

/** The media type that a name tells. */
export const typeOf = (path: string): string => lookup(path) ?? 'application/octet-stream';

export function contentTypeOf(path: string): string {
  const type = typeOf(path);
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}
