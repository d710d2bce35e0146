import { md5Of } from './md5.js';
import { mimeType } from './mime.js';

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Hexadecimal. */
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
    const object = { bytes, md5, etag: about.etag ?? md5, contentType, storedAt: Date.now() };
    this.objects.set(key, object);
    return object;
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

/** The form in which W&B shows a digest. */
export const md5Base64 = (object: StoredObject): string => Buffer.from(object.md5, 'hex').toString('base64');
