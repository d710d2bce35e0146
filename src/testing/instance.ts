import type { Digests } from './artifacts/digests.js';
import { ArtifactStore } from './artifacts/store.js';
import { MultipartUploads } from './multipart.js';
import type { Settings } from './options.js';
import { apiFilePath, type FileRow, objectKey } from './records.js';
import { encodePath, type Part, Signer } from './signing.js';
import { Storage } from './storage.js';
import { World } from './world.js';

/** The path under which the storage serves its objects. */
export const BUCKET = '/wandb-files/';

/** One running server: its state, and where it is reached. */
export class Instance {
  readonly storage = new Storage();
  readonly multipart = new MultipartUploads(this.storage);
  readonly signer: Signer;
  readonly world: World;
  readonly artifacts: ArtifactStore;
  /** The headers that an upload must carry, lower-case names. */
  readonly signedHeaders: Readonly<Record<string, string>>;
  /** Set when the ports are known. */
  apiUrl = '';
  storageUrl = '';

  constructor(
    readonly settings: Settings,
    digests: Digests,
  ) {
    this.signer = new Signer(settings.storage, settings.urlTtlMs);
    this.world = new World(settings, this.storage);
    this.artifacts = new ArtifactStore(this.world, this.storage, settings, digests);
    this.signedHeaders = Object.fromEntries(
      settings.uploadHeaders.map((header) => {
        const colon = header.indexOf(':');
        return [header.slice(0, colon).trim().toLowerCase(), header.slice(colon + 1).trim()];
      }),
    );
  }

  hasFeature(name: string): boolean {
    return this.settings.features.includes(name);
  }

  apiFileUrl(row: FileRow): string {
    return this.apiUrl + apiFilePath(row);
  }

  downloadUrl(row: FileRow): string {
    return this.signedUrl('GET', objectKey(row));
  }

  uploadUrl(row: FileRow): string {
    return this.signedUrl('PUT', objectKey(row), this.signedHeaders);
  }

  /** An address of the storage for one method, for the headers that an upload must carry, and for one part or all. */
  signedUrl(
    method: 'GET' | 'PUT',
    key: string,
    headers: Readonly<Record<string, string>> = {},
    part: Part | null = null,
  ): string {
    const rawPath = BUCKET + encodePath(key);
    return `${this.storageUrl}${rawPath}?${this.signer.sign(method, rawPath, headers, part)}`;
  }
}
