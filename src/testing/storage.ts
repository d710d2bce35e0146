import { createHash } from 'node:crypto';

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Hexadecimal; the object's ETag. */
  readonly md5: string;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

/** The object store behind the signed URLs: whole objects by key, the last PUT that ends wins. */
export class Storage {
  private readonly objects = new Map<string, StoredObject>();

  get(key: string): StoredObject | undefined {
    return this.objects.get(key);
  }

  put(key: string, bytes: Uint8Array): StoredObject {
    const object = { bytes, md5: createHash('md5').update(bytes).digest('hex'), storedAt: Date.now() };
    this.objects.set(key, object);
    return object;
  }

  delete(key: string): void {
    this.objects.delete(key);
  }
}

/** The form in which W&B shows a digest. */
export const md5Base64 = (object: StoredObject): string => Buffer.from(object.md5, 'hex').toString('base64');
