import { readSync } from 'node:fs';
import type { CommitOptions, DraftFile } from '../../../src/contract/drafts.js';
import type { Entry, Lookup } from '../../../src/contract/entry.js';
import { Failure } from '../../../src/contract/failure.js';
import type { Facts } from '../../../src/contract/knowledge/facts.js';
import type { Store } from '../../../src/contract/store.js';
import type { TreePath } from '../../../src/contract/tree-path.js';
import { treePath } from '../../../src/contract/tree-path.js';
import type { Signalled } from '../../../src/contract/uploads.js';
import { createInProcessRemote } from '../../../src/io/client/in-process.js';
import { createOwner } from '../../../src/io/owner/owner.js';
import { createKernel } from '../../../src/kernel/kernel.js';
import { makeFs, type WandbFs } from '../../../src/node/faces/create.js';
import { ARTIFACTS } from '../../../src/node/wandb/layouts.js';
import { digestManifest, sortedByPath } from '../../../src/store/artifacts/manifest/writer.js';
import { checkAlias } from '../../../src/store/artifacts/names.js';
import { ARTIFACTS_SHAPE } from '../../../src/store/artifacts/shape.js';
import { reading } from '../../../src/store/common/sources.js';
import { defaults } from '../../helpers/defaults.js';
import { digestOf, type StoredFile, VersionEntries } from './version-entries.js';
import { factsAt } from './version-facts.js';

type Files = Map<string, StoredFile>;

interface Collection {
  readonly versions: Map<string, Files>;
  readonly aliases: Map<string, string>;
  /** How many versions were ever made. */
  count: number;
}

const UNIT_DEPTH = 5;
const COLLECTION_DEPTH = 4;

/**
 * A store of versions, in memory and plain: the remote that the tests of drafts and aliases look at. It keeps the
 * contract (`../version-store.test.ts`).
 */
export class VersionStore implements Store {
  readonly shape = { ...ARTIFACTS_SHAPE, partialDepth: 0 };
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
  private readonly entries = new VersionEntries();
  private readonly projects: Set<TreePath>;

  /** @param projects that are there before they have a collection */
  constructor(projects: readonly TreePath[] = []) {
    this.projects = new Set(projects);
  }

  /** @param files content by name; a value with '://' is a reference */
  addVersion(path: TreePath, files: Readonly<Record<string, string>>, ...aliases: readonly string[]): string {
    const stored = Object.entries(files).map(([name, text]): [string, StoredFile] => [
      name,
      text.includes('://') ? { uri: text, refusal: 'It needs the option.' } : { bytes: text },
    ]);
    this.projects.add(above(path, 2));
    return this.add(path, new Map(stored), aliases);
  }

  private add(path: TreePath, files: Files, aliases: readonly string[]): string {
    const collection = this.collections.get(path) ?? { versions: new Map(), aliases: new Map(), count: 0 };
    this.collections.set(path, collection);
    const version = `v${collection.count++}`;
    collection.versions.set(version, files);
    for (const alias of ['latest', ...aliases]) collection.aliases.set(alias, version);
    return version;
  }

  async lookup(
    path: TreePath,
    { signal, listing: hasListing }: Signalled & { readonly listing: boolean },
  ): Promise<Lookup> {
    this.log.push(`lookup ${path}`);
    const answer = this.look(path, hasListing);
    const { heldLookup } = this;
    this.heldLookup = null;
    await heldLookup;
    await answered(signal);
    return answer;
  }

  private look(path: TreePath, hasListing: boolean): Lookup {
    const depth = depthOf(path);
    const ancestors: Entry[] = [];
    for (let at = 1; at < Math.min(depth, UNIT_DEPTH); at++) {
      if (!this.directoryAt(above(path, at))) return { found: null, ancestors, listing: null };
      ancestors.push(this.directory(above(path, at)));
    }
    if (depth < UNIT_DEPTH) {
      return { found: this.directoryAt(path) ? this.directory(path) : null, ancestors, listing: null };
    }
    const member = this.memberAt(above(path, UNIT_DEPTH));
    if (!member) return { found: null, ancestors, listing: null };
    const unit = this.directory(member.unit);
    const link =
      member.version === member.name ? [] : [this.entries.alias(above(path, UNIT_DEPTH), member.version)];
    const files = this.filesOf(member);
    const listing = hasListing ? { entries: files, isComplete: true } : null;
    if (depth === UNIT_DEPTH) {
      const [alias] = link;
      return { found: alias ?? unit, ancestors: alias ? [...ancestors, unit] : ancestors, listing };
    }
    const real = `${member.unit}${path.slice(above(path, UNIT_DEPTH).length)}`;
    const isAbove = files.some((entry) => entry.path.startsWith(`${real}/`));
    const found = files.find((entry) => entry.path === real) ?? (isAbove ? 'prefix' : null);
    return { found, ancestors: [...ancestors, ...link, unit], listing };
  }

  async *list(path: TreePath, { signal }: Signalled): AsyncGenerator<readonly Entry[]> {
    this.log.push(`list ${path}`);
    await answered(signal);
    if (depthOf(path) === UNIT_DEPTH) {
      const member = this.memberAt(path);
      if (!member) throw new Failure('ENOENT');
      yield this.filesOf(member);
      return;
    }
    if (path !== '' && !this.directoryAt(path)) throw new Failure('ENOENT');
    const collection = this.collections.get(path);
    if (collection) {
      yield [...collection.versions.keys()].map((name) => this.directory(treePath(`${path}/${name}`)));
      yield [...collection.aliases].map(([name, version]) =>
        this.entries.alias(treePath(`${path}/${name}`), version),
      );
      return;
    }
    const depth = depthOf(path) + 1;
    const inside = this.known.filter((known) => path === '' || known.startsWith(`${path}/`));
    const paths = inside.filter((known) => depthOf(known) >= depth).map((known) => above(known, depth));
    yield [...new Set(paths)].map((each) => this.directory(each));
  }

  async read(entry: Entry, range: { readonly start: number; readonly end: number }, { signal }: Signalled) {
    const path = entry.origin ?? entry.path;
    this.log.push(`read ${path}`);
    await answered(signal);
    const text = this.fileAt(path)?.bytes;
    if (text === undefined) throw new Failure('ESTALE');
    const bytes = new Uint8Array(Buffer.from(text));
    return { bytes: bytes.slice(range.start, range.end), etag: null, size: bytes.byteLength };
  }

  async readNewest(): Promise<never> {
    throw new Failure('EBADMSG');
  }

  async commit(
    draft: { readonly collection: TreePath; readonly files: readonly DraftFile[] },
    options: CommitOptions & Signalled,
  ) {
    const { collection: path } = draft;
    this.log.push(`commit ${path}`);
    this.options = options;
    const { nextCommit } = this;
    this.nextCommit = null;
    await nextCommit?.until;
    await answered(options.signal);
    if (nextCommit?.fail) throw nextCommit.fail;
    if (!this.directoryAt(above(path, 2))) throw new Failure('ENOENT');
    const { aliases = [], incremental = false } = options;
    for (const alias of aliases) checkAlias(alias);
    const made = new Map<string, StoredFile>();
    for (const file of draft.files) {
      if (made.has(file.name)) throw new Failure('EINVAL');
      made.set(file.name, await this.stored(file));
    }
    const latest = this.memberAt(treePath(`${path}/latest`));
    const files = incremental && latest ? new Map([...latest.files, ...made]) : made;
    const digest = await digestFiles(files);
    const deduplicated = latest !== null && digest === (await digestFiles(latest.files));
    const version = deduplicated ? latest.version : this.add(path, files, []);
    const names = [...new Set(['latest', ...aliases])];
    for (const name of names) this.collections.get(path)?.aliases.set(name, version);
    const entries = [
      this.directory(treePath(`${path}/${version}`)),
      ...names.map((name) => this.entries.alias(treePath(`${path}/${name}`), version)),
    ];
    return { version, id: 'id', digest, aliases: names, deduplicated, entries };
  }

  private async stored(file: DraftFile): Promise<StoredFile> {
    if (file.kind === 'reference') {
      if (!/^[a-z]+:/.test(file.uri)) throw new Failure('EINVAL');
      return { uri: file.uri };
    }
    if (file.kind === 'copy') {
      const copied = this.fileAt(file.origin);
      if (!copied) throw new Failure('ENOENT');
      return copied;
    }
    return reading(file.source, async (source) => {
      if (source.kind === 'bytes') return { bytes: Buffer.from(source.bytes).toString() };
      const bytes = Buffer.alloc(source.size);
      readSync(source.fd, bytes, 0, source.size, 0);
      return { bytes: bytes.toString() };
    });
  }

  async symlink(
    { path, target, replaces }: { path: TreePath; target: TreePath; replaces: TreePath | null },
    { signal }: Signalled,
  ) {
    this.log.push(`symlink ${path} -> ${target}`);
    await answered(signal);
    checkAlias(nameOf(path));
    const meant = this.memberAt(target);
    if (!meant) throw new Failure('ENOENT');
    const directory = above(path, COLLECTION_DEPTH);
    const isLink = directory !== above(target, COLLECTION_DEPTH);
    const version = isLink ? this.add(directory, meant.files, []) : meant.version;
    this.collections.get(directory)?.aliases.set(nameOf(path), version);
    if (replaces !== null && replaces !== path) this.dropAlias(replaces);
    const alias = this.entries.alias(path, version);
    return isLink ? [this.directory(treePath(`${directory}/${version}`)), alias] : [alias];
  }

  async remove(files: readonly { readonly path: TreePath }[], { signal }: Signalled): Promise<void> {
    await answered(signal);
    for (const { path } of files) {
      this.log.push(`remove ${path}`);
      if (this.memberAt(path)?.version === nameOf(path)) throw new Failure('EISDIR');
      this.dropAlias(path);
    }
  }

  private dropAlias(path: TreePath): void {
    this.collections.get(above(path, COLLECTION_DEPTH))?.aliases.delete(nameOf(path));
  }

  async rmdir(path: TreePath, { signal }: Signalled): Promise<void> {
    this.log.push(`rmdir ${path}`);
    await answered(signal);
    if (this.collections.delete(path)) return;
    if (depthOf(path) > UNIT_DEPTH) throw new Failure('EROFS');
    const member = this.memberAt(path);
    const collection = this.collections.get(above(path, COLLECTION_DEPTH));
    if (!member || !collection) throw new Failure('ENOENT');
    if (member.name !== member.version) throw new Failure('ENOTDIR');
    collection.versions.delete(member.version);
    for (const [known, version] of collection.aliases)
      if (version === member.version) collection.aliases.delete(known);
  }

  async info(path: TreePath, { signal }: Signalled): Promise<Facts> {
    await answered(signal);
    const depth = depthOf(path);
    const member = depth < UNIT_DEPTH ? null : this.memberAt(above(path, UNIT_DEPTH));
    const isThere =
      depth < UNIT_DEPTH ? this.directoryAt(path) : depth === UNIT_DEPTH ? member : this.fileAt(path);
    if (!isThere) throw new Failure('ENOENT');
    const real = member ? `${member.unit}${path.slice(above(path, UNIT_DEPTH).length)}` : path;
    return factsAt(treePath(real));
  }

  /** What stands at a version's path or at an alias's. */
  private memberAt(path: TreePath): {
    readonly name: string;
    readonly version: string;
    readonly unit: TreePath;
    readonly files: Files;
  } | null {
    const directory = above(path, COLLECTION_DEPTH);
    const collection = this.collections.get(directory);
    const name = nameOf(path);
    const version = collection?.aliases.get(name) ?? name;
    const files = collection?.versions.get(version);
    return files ? { name, version, unit: treePath(`${directory}/${version}`), files } : null;
  }

  private get known(): TreePath[] {
    return [...this.projects, ...this.collections.keys()];
  }

  private directoryAt(path: TreePath): boolean {
    return this.known.some((known) => `${known}/`.startsWith(`${path}/`));
  }

  private fileAt(path: TreePath): StoredFile | undefined {
    const unit = above(path, UNIT_DEPTH);
    return this.memberAt(unit)?.files.get(path.slice(unit.length + 1));
  }

  private directory(path: TreePath): Entry {
    return this.entries.directory(path, this.generation);
  }

  private filesOf({ unit, files }: { readonly unit: TreePath; readonly files: Files }): Entry[] {
    return [...files].map(([name, file]) => this.entries.file(treePath(`${unit}/${name}`), file));
  }
}

/** The answer comes later, unless the caller has left by then. */
async function answered(signal: AbortSignal | undefined): Promise<void> {
  await null;
  if (signal?.aborted) throw new Failure('ECANCELED');
}

const digestFiles = (files: Files): Promise<string> =>
  digestManifest(sortedByPath([...files].map(([path, file]) => ({ path, digest: digestOf(file) }))), 'md5');

const depthOf = (path: TreePath): number => (path === '' ? 0 : path.split('/').length);

const above = (path: TreePath, depth: number): TreePath =>
  treePath(path.split('/').slice(0, depth).join('/'));

const nameOf = (path: TreePath): string => path.slice(path.lastIndexOf('/') + 1);

/** The faces of `node:fs` over a store of versions, with a collection `e/p/t/c` that has two of them. */
export function mountVersions(
  now: () => number = Date.now,
  user?: () => number,
): {
  readonly fs: WandbFs;
  readonly store: VersionStore;
} {
  const store = new VersionStore();
  store.addVersion(treePath('e/p/t/c'), { 'a.txt': 'first', 'dir/b.txt': 'deep' }, 'old');
  store.addVersion(
    treePath('e/p/t/c'),
    { 'a.txt': 'second', 'dir/b.txt': 'deep', ref: 's3://bucket/key' },
    'prod',
  );
  const remote = createInProcessRemote(
    (contents) => createOwner({ ...defaults, store, contents, writebackDelay: 0 }),
    defaults,
  );
  const kernel = createKernel({
    ...defaults,
    remote,
    now,
    monotonic: now,
    random: () => 0,
    ...(user && { user }),
  });
  const fs = makeFs({ connect: () => kernel, appUrl: () => 'https://wandb.ai', layout: ARTIFACTS });
  return { fs, store };
}
