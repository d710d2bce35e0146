import { createHash } from 'node:crypto';
import { createInProcessRemote } from '../../../src/io/in-process.js';
import { createOwner } from '../../../src/io/owner.js';
import { createKernel } from '../../../src/kernel/kernel.js';
import { makeFs, type WandbFs } from '../../../src/node/create.js';
import { ARTIFACTS } from '../../../src/node/layout.js';
import type {
  CommitOptions,
  DraftFile,
  Entry,
  Lookup,
  Store,
  TreePath,
} from '../../../src/store/contract.js';
import { Failure } from '../../../src/store/failure.js';

export interface StoredFile {
  readonly bytes?: string;
  readonly uri?: string;
  readonly refusal?: string;
}

interface Collection {
  readonly versions: Map<string, Map<string, StoredFile>>;
  readonly aliases: Map<string, string>;
}

const UNIT_DEPTH = 5;
const COLLECTION_DEPTH = 4;

/** A store of versions, in memory and plain: the remote that the tests of drafts and aliases look at. */
export class VersionStore implements Store {
  readonly unitDepth = UNIT_DEPTH;
  readonly hasVersions = true;
  readonly collections = new Map<TreePath, Collection>();
  /** What was asked, such as 'lookup e/p/t/c/v0/a'. */
  readonly log: string[] = [];
  /** The next commit fails with this, or waits for this. */
  nextCommit: { readonly fail?: Failure; readonly until?: Promise<void> } | null = null;
  options: CommitOptions | null = null;
  /** The next look-up, once its answer stands, comes only when this has happened. */
  heldLookup: Promise<void> | null = null;
  /** Tells what was made under one name at different times. */
  generation = 0;

  /** @param files content by name; a value with '://' is a reference */
  addVersion(path: TreePath, files: Readonly<Record<string, string>>, ...aliases: readonly string[]): string {
    const stored = Object.entries(files).map(([name, text]): [string, StoredFile] => [
      name,
      text.includes('://') ? { uri: text, refusal: 'It needs the option.' } : { bytes: text },
    ]);
    return this.add(path, new Map(stored), aliases);
  }

  private add(path: TreePath, files: Map<string, StoredFile>, aliases: readonly string[]): string {
    const collection = this.collections.get(path) ?? { versions: new Map(), aliases: new Map() };
    this.collections.set(path, collection);
    const version = `v${collection.versions.size}`;
    collection.versions.set(version, files);
    for (const alias of ['latest', ...aliases]) collection.aliases.set(alias, version);
    return version;
  }

  async lookup(path: TreePath): Promise<Lookup> {
    this.log.push(`lookup ${path}`);
    const answer = this.look(path);
    const { heldLookup } = this;
    this.heldLookup = null;
    await heldLookup;
    return answer;
  }

  private look(path: TreePath): Lookup {
    const segments = path.split('/');
    const ancestors: Entry[] = [];
    for (let depth = 1; depth < Math.min(segments.length, UNIT_DEPTH); depth++) {
      const above = segments.slice(0, depth).join('/');
      if (!this.directoryAt(above)) return { found: null, ancestors, listing: null };
      ancestors.push(this.directory(above));
    }
    if (segments.length < UNIT_DEPTH) {
      return { found: this.directoryAt(path) ? this.directory(path) : null, ancestors, listing: null };
    }
    const above = segments.slice(0, COLLECTION_DEPTH).join('/');
    const collection = this.collections.get(above);
    const name = segments[COLLECTION_DEPTH] ?? '';
    const version = collection?.aliases.get(name) ?? (collection?.versions.has(name) ? name : undefined);
    if (version === undefined) return { found: null, ancestors, listing: null };
    const unit = this.directory(`${above}/${version}`);
    const link = version === name ? null : alias(`${above}/${name}`, version);
    if (segments.length === UNIT_DEPTH) {
      return { found: link ?? unit, ancestors: link ? [...ancestors, link, unit] : ancestors, listing: null };
    }
    const proven = [...ancestors, ...(link ? [link] : []), unit];
    const file = segments.slice(UNIT_DEPTH).join('/');
    const files = this.filesOf(unit.path);
    const found = files.find((entry) => entry.path === `${unit.path}/${file}`) ?? null;
    if (found) return { found, ancestors: proven, listing: null };
    const isAbove = files.some((entry) => entry.path.startsWith(`${unit.path}/${file}/`));
    const listing = { entries: files, isComplete: true };
    return { found: isAbove ? 'prefix' : null, ancestors: proven, listing };
  }

  async *list(path: TreePath): AsyncGenerator<readonly Entry[]> {
    this.log.push(`list ${path}`);
    const depth = path === '' ? 0 : path.split('/').length;
    if (depth === UNIT_DEPTH) {
      yield this.filesOf(path);
      return;
    }
    if (path !== '' && !this.directoryAt(path)) throw new Failure('ENOENT');
    const collection = this.collections.get(path);
    if (collection) {
      yield [...collection.versions.keys()].map((name) => this.directory(`${path}/${name}`));
      yield [...collection.aliases].map(([name, version]) => alias(`${path}/${name}`, version));
      return;
    }
    const prefix = path === '' ? '' : `${path}/`;
    const names = [...this.collections.keys()]
      .filter((known) => known.startsWith(prefix))
      .map((known) => known.slice(prefix.length).split('/')[0]);
    yield [...new Set(names)].map((name) => this.directory(`${prefix}${name}`));
  }

  async read(entry: Entry, range: { readonly start: number; readonly end: number }) {
    const path = entry.origin ?? entry.path;
    this.log.push(`read ${path}`);
    const bytes = Buffer.from(this.fileAt(path)?.bytes ?? '');
    return { bytes: bytes.subarray(range.start, range.end), etag: null, size: bytes.length };
  }

  async readNewest(): Promise<never> {
    throw new Failure('EBADMSG');
  }

  async commit(
    draft: { readonly collection: TreePath; readonly files: readonly DraftFile[] },
    options: CommitOptions,
  ) {
    this.log.push(`commit ${draft.collection}`);
    this.options = options;
    const { nextCommit } = this;
    this.nextCommit = null;
    await nextCommit?.until;
    if (nextCommit?.fail) throw nextCommit.fail;
    const files = draft.files.map((file): [string, StoredFile] => {
      if (file.kind === 'reference') return [file.name, { uri: file.uri }];
      if (file.kind === 'copy') return [file.name, this.fileAt(file.origin) ?? {}];
      if (file.source.kind === 'file') throw new Error('these tests spool nothing');
      return [file.name, { bytes: Buffer.from(file.source.bytes).toString() }];
    });
    const version = this.add(draft.collection, new Map(files), options.aliases ?? []);
    const aliases = ['latest', ...(options.aliases ?? [])];
    const entries = [
      this.directory(`${draft.collection}/${version}`),
      ...aliases.map((name) => alias(`${draft.collection}/${name}`, version)),
    ];
    return { version, id: 'id', digest: 'digest', aliases, deduplicated: false, entries };
  }

  async symlink({ path, target, replaces }: { path: TreePath; target: TreePath; replaces: TreePath | null }) {
    this.log.push(`symlink ${path} -> ${target}`);
    const [collection, name] = this.aliasAt(path);
    const version = target.slice(target.lastIndexOf('/') + 1);
    if (target.startsWith(`${path.slice(0, path.lastIndexOf('/'))}/`)) collection.aliases.set(name, version);
    else {
      const files = this.collections.get(target.slice(0, target.lastIndexOf('/')))?.versions.get(version);
      const linked = this.add(path.slice(0, path.lastIndexOf('/')), files ?? new Map(), [name]);
      return [this.directory(`${path.slice(0, path.lastIndexOf('/'))}/${linked}`), alias(path, linked)];
    }
    if (replaces !== null) collection.aliases.delete(replaces.slice(replaces.lastIndexOf('/') + 1));
    return [alias(path, version)];
  }

  async remove(files: readonly { readonly path: TreePath }[]): Promise<void> {
    for (const { path } of files) {
      this.log.push(`remove ${path}`);
      const [collection, name] = this.aliasAt(path);
      collection.aliases.delete(name);
    }
  }

  async rmdir(path: TreePath): Promise<void> {
    this.log.push(`rmdir ${path}`);
    if (this.collections.delete(path)) return;
    const [collection, name] = this.aliasAt(path);
    collection.versions.delete(name);
    for (const [known, version] of collection.aliases) if (version === name) collection.aliases.delete(known);
  }

  async info(path: TreePath): Promise<Readonly<Record<string, unknown>>> {
    return { kind: 'version', id: `id of ${path}` };
  }

  private aliasAt(path: TreePath): [Collection, string] {
    const slash = path.lastIndexOf('/');
    const collection = this.collections.get(path.slice(0, slash)) ?? {
      versions: new Map(),
      aliases: new Map(),
    };
    this.collections.set(path.slice(0, slash), collection);
    return [collection, path.slice(slash + 1)];
  }

  private directoryAt(path: TreePath): boolean {
    return [...this.collections.keys()].some((known) => `${known}/`.startsWith(`${path}/`));
  }

  private fileAt(path: TreePath): StoredFile | undefined {
    const segments = path.split('/');
    const collection = this.collections.get(segments.slice(0, COLLECTION_DEPTH).join('/'));
    return collection?.versions
      .get(segments[COLLECTION_DEPTH] ?? '')
      ?.get(segments.slice(UNIT_DEPTH).join('/'));
  }

  private directory(path: TreePath): Entry {
    return { ...FACTS, path, kind: 'directory', size: null, version: `directory:${this.generation}` };
  }

  private filesOf(unit: TreePath): Entry[] {
    const segments = unit.split('/');
    const files = this.collections
      .get(segments.slice(0, COLLECTION_DEPTH).join('/'))
      ?.versions.get(segments[COLLECTION_DEPTH] ?? '');
    if (!files) throw new Failure('ENOENT');
    return [...files].map(([name, file]) => fileEntry(`${unit}/${name}`, file));
  }
}

const FACTS = { mtimeMs: 1000, birthtimeMs: 1000, md5: null, id: 'id', isReadOnly: false } as const;

const alias = (path: TreePath, target: string): Entry => ({
  ...FACTS,
  path,
  kind: 'symlink',
  target,
  size: null,
  version: `alias:${target}`,
});

function fileEntry(path: TreePath, { bytes = '', uri, refusal }: StoredFile): Entry {
  if (uri !== undefined) {
    return { ...FACTS, path, kind: 'symlink', target: uri, refusal, size: 9, version: `uri:${uri}` };
  }
  const md5 = createHash('md5').update(bytes).digest('base64');
  return { ...FACTS, path, kind: 'file', size: Buffer.byteLength(bytes), version: `md5:${md5}` };
}

/** The faces of `node:fs` over a store of versions, with a collection `e/p/t/c` that has two of them. */
export function mountVersions(now: () => number = Date.now): {
  readonly fs: WandbFs;
  readonly store: VersionStore;
} {
  const store = new VersionStore();
  store.addVersion('e/p/t/c', { 'a.txt': 'first', 'dir/b.txt': 'deep' }, 'old');
  store.addVersion('e/p/t/c', { 'a.txt': 'second', 'dir/b.txt': 'deep', ref: 's3://bucket/key' }, 'prod');
  const remote = createInProcessRemote(createOwner({ store, writebackDelay: 0 }));
  const kernel = createKernel({ remote, now });
  const fs = makeFs({ connect: () => kernel, appUrl: () => 'https://wandb.ai', layout: ARTIFACTS });
  return { fs, store };
}
