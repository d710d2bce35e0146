import { resolveOptions, type Settings } from './options.js';
import { apiFilePath, type FileRow, objectKey } from './records.js';
import { encodePath, Signer } from './signing.js';
import { Storage } from './storage.js';
import { World } from './world.js';

/** The path under which the storage serves its objects. */
export const BUCKET = '/wandb-files/';

/** One running server: its state, and where it is reached. */
export class Instance {
  readonly storage = new Storage();
  readonly signer: Signer;
  readonly world: World;
  /** The headers that an upload must carry, lower-case names. */
  readonly signedHeaders: Readonly<Record<string, string>>;
  /** Set when the ports are known. */
  apiUrl = '';
  storageUrl = '';

  constructor(readonly settings: Settings = resolveOptions({})) {
    this.signer = new Signer(settings.storage, settings.urlTtlMs);
    this.world = new World(settings, this.storage);
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
    return this.signedUrl('GET', row, {});
  }

  uploadUrl(row: FileRow): string {
    return this.signedUrl('PUT', row, this.signedHeaders);
  }

  private signedUrl(method: string, row: FileRow, headers: Readonly<Record<string, string>>): string {
    const rawPath = BUCKET + encodePath(objectKey(row));
    return `${this.storageUrl}${rawPath}?${this.signer.sign(method, rawPath, headers)}`;
  }
}
