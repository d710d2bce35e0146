import { lookup } from 'mrmime';

/** The media type that a name tells. */
export const typeOf = (path: string): string => lookup(path) ?? 'application/octet-stream';
