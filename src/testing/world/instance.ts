import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import { Catalogue } from '../artifacts/catalogue.js';
import { Commits } from '../artifacts/commits.js';
import { Deletion } from '../artifacts/deletion.js';
import type { Digests } from '../artifacts/manifest.js';
import { ArtifactObjects } from '../artifacts/objects.js';
import { Versions } from '../artifacts/versions.js';
import type { Settings } from '../options.js';
import { createNodes } from '../resolvers/nodes.js';
import { Pages } from '../server/connections.js';
import { ASKED_SECURELY } from '../server/forward.js';
import { MultipartUploads } from '../storage/multipart.js';
import { Storage } from '../storage/objects.js';
import { BUCKET, encodePath, type Part, Signer } from '../storage/signing.js';
import { ApiKeys } from './api-keys.js';
import { type FileRow, objectKey } from './records.js';
import { World } from './world.js';

/** A host's name or address with, perhaps, a port: what else a `Host` may hold makes no address. */
const AUTHORITY = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** Where a server is reached. */
interface Own {
  readonly apiUrl: string;
  readonly storageUrl: string;
  /** What only its own `fetch` can tell; null: nobody can. */
  readonly relay: string | null;
}

/** One running server: its state, and where it is reached. */
export class Instance {
  readonly storage = new Storage();
  readonly multipart = new MultipartUploads(this.storage);
  readonly signer: Signer;
  readonly apiKeys: ApiKeys;
  readonly world: World;
  readonly catalogue: Catalogue;
  readonly objects: ArtifactObjects;
  readonly versions: Versions;
  readonly commits: Commits;
  readonly deletion: Deletion;
  readonly pages: Pages;
  /** What the API tells of this state. */
  readonly nodes = createNodes(this);
  /** The headers that an upload must carry, lower-case names. */
  readonly signedHeaders: Readonly<Record<string, string>>;
  /** Where the two listeners are; set when the ports are known. */
  private own: Own = { apiUrl: '', storageUrl: '', relay: null };
  private readonly requestedUrl = new AsyncLocalStorage<string | undefined>();

  constructor(
    readonly settings: Settings,
    readonly digests: Digests,
  ) {
    this.apiKeys = new ApiKeys(settings.apiKey);
    this.signer = new Signer(settings.storage, settings.urlTtlMs);
    this.world = new World(settings, this.storage);
    this.catalogue = new Catalogue(this.world);
    this.objects = new ArtifactObjects(this.storage, (id) => this.catalogue.artifacts.get(id));
    this.versions = new Versions(this);
    this.commits = new Commits(this);
    this.deletion = new Deletion(this);
    this.pages = new Pages(settings.limits.page);
    this.signedHeaders = Object.fromEntries(
      settings.uploadHeaders.map((header) => {
        const colon = header.indexOf(':');
        return [header.slice(0, colon).trim().toLowerCase(), header.slice(colon + 1).trim()];
      }),
    );
  }

  listensAt(own: Own): void {
    this.own = own;
  }

  /**
   * Answers a request of the API. Whoever asks by another name (`localhost`, a tunnel, a container's published port)
   * reaches this one port for certain, and only by that name: all addresses in the answer are of the authority asked. Its
   * scheme is believed of this server's own `fetch` alone.
   */
  answering<Answer>({ host, ...headers }: IncomingHttpHeaders, answer: () => Answer): Answer {
    const isSecure = this.own.relay !== null && headers[ASKED_SECURELY] === this.own.relay;
    const url = `${isSecure ? 'https' : 'http'}://${host}`;
    const isOwn = url === this.own.apiUrl || !AUTHORITY.test(host ?? '');
    // From the first `run` on Node 20 makes a resource of each promise in the thread, which takes more than all answers do.
    if (isOwn && this.requestedUrl.getStore() === undefined) return answer();
    return this.requestedUrl.run(isOwn ? undefined : url, answer);
  }

  get apiUrl(): string {
    return this.requestedUrl.getStore() ?? this.own.apiUrl;
  }

  get storageUrl(): string {
    return this.requestedUrl.getStore() ?? this.own.storageUrl;
  }

  hasFeature(name: string): boolean {
    return this.settings.features.includes(name);
  }

  /** The address at the API, which answers with a redirect to the storage. */
  apiFileUrl(row: FileRow): string {
    return `${this.apiUrl}/files/${encodePath(objectKey(row))}`;
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
