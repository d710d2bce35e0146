import { randomBytes } from 'node:crypto';
import { md5Of, type Storage, type StoredObject } from './objects.js';

interface Upload {
  readonly key: string;
  readonly contentType: string;
  readonly parts: Map<number, { readonly bytes: Uint8Array; readonly md5: string }>;
}

/** Objects that arrive in parts. Nothing of one is seen before it is completed. */
export class MultipartUploads {
  private readonly uploads = new Map<string, Upload>();

  constructor(private readonly storage: Storage) {}

  begin(key: string, contentType: string): string {
    const id = randomBytes(12).toString('hex');
    this.uploads.set(id, { key, contentType, parts: new Map() });
    return id;
  }

  has(id: string, key: string): boolean {
    return this.uploads.get(id)?.key === key;
  }

  /** The part's ETag, without quotes; null for an upload that isn't under way. A part that comes again replaces itself. */
  put(id: string, key: string, partNumber: number, bytes: Uint8Array): string | null {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) return null;
    const md5 = md5Of(bytes).toString('hex');
    upload.parts.set(partNumber, { bytes, md5 });
    return md5;
  }

  abort(id: string): void {
    this.uploads.delete(id);
  }

  /** Puts the parts together. What is wrong with them is told as text. */
  complete(
    id: string,
    sent: readonly { readonly partNumber: number; readonly etag: string }[],
  ): StoredObject | string {
    const upload = this.uploads.get(id);
    if (!upload) return 'NoSuchUpload: the upload is not under way';
    if (sent.length === 0) return 'MalformedXML: the upload has no parts';
    const bytes: Uint8Array[] = [];
    const digests: Buffer[] = [];
    let before = 0;
    for (const { partNumber, etag } of sent) {
      const part = upload.parts.get(partNumber);
      if (partNumber <= before) return 'InvalidPartOrder: the parts are not in ascending order';
      if (!part || etag !== `"${part.md5}"`)
        return `InvalidPart: part ${partNumber} is not what was uploaded`;
      bytes.push(part.bytes);
      digests.push(Buffer.from(part.md5, 'hex'));
      before = partNumber;
    }
    const md5 = md5Of(Buffer.concat(digests)).toString('hex');
    this.uploads.delete(id);
    return this.storage.put(upload.key, Buffer.concat(bytes), {
      contentType: upload.contentType,
      etag: `${md5}-${sent.length}`,
    });
  }
}
