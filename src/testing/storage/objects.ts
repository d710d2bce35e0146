import { createHash } from 'node:crypto';

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly size: number;
  /** Nobody has the bytes: a recorded world only names them. */
  readonly isLeftOut: boolean;
  /** Hexadecimal; empty where it isn't known. */
  readonly md5: string;
  /** Without quotes: the MD5, but of an object that came in parts the MD5 of theirs, and their number. */
  readonly etag: string;
  readonly contentType: string;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

/** The object store behind the signed URLs: whole objects by key, the last PUT that ends wins. */
export class Storage {
  private readonly objects = new Map<string, StoredObject>();

  get(key: string): StoredObject | undefined {
    return this.objects.get(key);
  }

  /** @param about.contentType by default what the key's extension tells */
  put(
    key: string,
    bytes: Uint8Array,
    about: { readonly contentType?: string | undefined; readonly etag?: string | undefined } = {},
  ): StoredObject {
    const md5 = md5Of(bytes).toString('hex');
    const contentType = about.contentType || mimeType(key) || 'application/octet-stream';
    const object = {
      ...{ bytes, size: bytes.byteLength, isLeftOut: false },
      ...{ md5, etag: about.etag ?? md5, contentType, storedAt: Date.now() },
    };
    this.objects.set(key, object);
    return object;
  }

  /**
   * Notes an object whose bytes aren't here: it counts as stored, but can't be read.
   *
   * @param about.digest its MD5 in base64; what is none is left aside
   */
  leaveOut(key: string, { size, digest }: { readonly size: number; readonly digest: string | null }): void {
    const md5 = Buffer.from(digest ?? '', 'base64').toString('hex');
    const contentType = mimeType(key) || 'application/octet-stream';
    const about = { size, md5, etag: md5 || 'left-out', contentType, storedAt: Date.now() };
    this.objects.set(key, { ...about, bytes: new Uint8Array(), isLeftOut: true });
  }

  move(from: string, to: string): void {
    const object = this.objects.get(from);
    if (!object || from === to) return;
    this.objects.set(to, object);
    this.objects.delete(from);
  }

  delete(key: string): void {
    this.objects.delete(key);
  }
}

/** Bytes that a key of an object store has at most. */
export const LONGEST_KEY = 1024;

/** Has a name nothing that a URL would swallow? */
export const isKey = (name: string): boolean =>
  !name.includes('\0') && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** The form in which W&B shows a digest. */
export const md5Base64 = (object: StoredObject): string => Buffer.from(object.md5, 'hex').toString('base64');

/** Node's hashes take less than 2 GiB at a time. */
const MOST = 1024 ** 3;

export function md5Of(bytes: Uint8Array): Buffer {
  const hash = createHash('md5');
  for (let at = 0; at < bytes.byteLength; at += MOST) hash.update(bytes.subarray(at, at + MOST));
  return hash.digest();
}

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
