import type { CommitOptions, DraftFile } from '../../../src/contract/drafts.js';
import type { Entry, Lookup } from '../../../src/contract/entry.js';
import { Failure } from '../../../src/contract/failure.js';
import type { Facts } from '../../../src/contract/knowledge/facts.js';
import type { Store } from '../../../src/contract/store.js';
import type { TreePath } from '../../../src/contract/tree-path.js';
import { treePath } from '../../../src/contract/tree-path.js';
import type { Signalled } from '../../../src/contract/uploads.js';
import { checkAlias } from '../../../src/store/artifacts/names.js';
import { ARTIFACTS_SHAPE } from '../../../src/store/artifacts/shape.js';
import { digestFiles, drafted } from './drafted-files.js';
import { type StoredFile, VersionEntries } from './version-entries.js';
import { factsAt } from './version-facts.js';
import {
  above,
  COLLECTION_DEPTH,
  depthOf,
  type Member,
  nameOf,
  UNIT_DEPTH,
  VersionTree,
} from './version-tree.js';

/**
 * A store of versions, in memory and plain: the remote that the tests of drafts and aliases look at. It keeps the
 * contract (`../version-store.test.ts`).
 */
export class VersionStore implements Store {
  readonly shape = { ...ARTIFACTS_SHAPE, partialDepth: 0 };
  readonly collections: VersionTree['collections'];
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
  private readonly tree: VersionTree;

  /** @param projects that are there before they have a collection */
  constructor(projects: readonly TreePath[] = []) {
    this.tree = new VersionTree(projects);
    this.collections = this.tree.collections;
  }

  /** @param files content by name; a value with '://' is a reference */
  addVersion(path: TreePath, files: Readonly<Record<string, string>>, ...aliases: readonly string[]): string {
    const stored = Object.entries(files).map(([name, text]): [string, StoredFile] => [
      name,
      text.includes('://') ? { uri: text, refusal: 'It needs the option.' } : { bytes: text },
    ]);
    this.tree.addProject(above(path, 2));
    return this.tree.add(path, new Map(stored), aliases);
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
      if (!this.tree.directoryAt(above(path, at))) return { found: null, ancestors, listing: null };
      ancestors.push(this.directory(above(path, at)));
    }
    if (depth < UNIT_DEPTH) {
      return { found: this.tree.directoryAt(path) ? this.directory(path) : null, ancestors, listing: null };
    }
    const member = this.tree.memberAt(above(path, UNIT_DEPTH));
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
      const member = this.tree.memberAt(path);
      if (!member) throw new Failure('ENOENT');
      yield this.filesOf(member);
      return;
    }
    if (path !== '' && !this.tree.directoryAt(path)) throw new Failure('ENOENT');
    const collection = this.collections.get(path);
    if (collection) {
      yield [...collection.versions.keys()].map((name) => this.directory(treePath(`${path}/${name}`)));
      yield [...collection.aliases].map(([name, version]) =>
        this.entries.alias(treePath(`${path}/${name}`), version),
      );
      return;
    }
    const depth = depthOf(path) + 1;
    const inside = this.tree.known.filter((known) => path === '' || known.startsWith(`${path}/`));
    const paths = inside.filter((known) => depthOf(known) >= depth).map((known) => above(known, depth));
    yield [...new Set(paths)].map((each) => this.directory(each));
  }

  async read(entry: Entry, range: { readonly start: number; readonly end: number }, { signal }: Signalled) {
    const path = entry.origin ?? entry.path;
    this.log.push(`read ${path}`);
    await answered(signal);
    const text = this.tree.fileAt(path)?.bytes;
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
    if (!this.tree.directoryAt(above(path, 2))) throw new Failure('ENOENT');
    const { aliases = [], incremental = false } = options;
    for (const alias of aliases) checkAlias(alias);
    const made = await drafted(draft.files, this.tree);
    const latest = this.tree.memberAt(treePath(`${path}/latest`));
    const files = incremental && latest ? new Map([...latest.files, ...made]) : made;
    const digest = await digestFiles(files);
    const deduplicated = latest !== null && digest === (await digestFiles(latest.files));
    const version = deduplicated ? latest.version : this.tree.add(path, files);
    const names = [...new Set(['latest', ...aliases])];
    for (const name of names) this.tree.setAlias(treePath(`${path}/${name}`), version);
    const entries = [
      this.directory(treePath(`${path}/${version}`)),
      ...names.map((name) => this.entries.alias(treePath(`${path}/${name}`), version)),
    ];
    return { version, id: 'id', digest, aliases: names, deduplicated, entries };
  }

  async symlink(
    { path, target, replaces }: { path: TreePath; target: TreePath; replaces: TreePath | null },
    { signal }: Signalled,
  ) {
    this.log.push(`symlink ${path} -> ${target}`);
    await answered(signal);
    checkAlias(nameOf(path));
    const meant = this.tree.memberAt(target);
    if (!meant) throw new Failure('ENOENT');
    const directory = above(path, COLLECTION_DEPTH);
    const isLink = directory !== above(target, COLLECTION_DEPTH);
    const version = isLink ? this.tree.add(directory, meant.files) : meant.version;
    this.tree.setAlias(path, version);
    if (replaces !== null && replaces !== path) this.tree.dropAlias(replaces);
    const alias = this.entries.alias(path, version);
    return isLink ? [this.directory(treePath(`${directory}/${version}`)), alias] : [alias];
  }

  async remove(files: readonly { readonly path: TreePath }[], { signal }: Signalled): Promise<void> {
    await answered(signal);
    for (const { path } of files) {
      this.log.push(`remove ${path}`);
      if (this.tree.memberAt(path)?.version === nameOf(path)) throw new Failure('EISDIR');
      this.tree.dropAlias(path);
    }
  }

  async rmdir(path: TreePath, { signal }: Signalled): Promise<void> {
    this.log.push(`rmdir ${path}`);
    await answered(signal);
    if (this.collections.delete(path)) return;
    if (depthOf(path) > UNIT_DEPTH) throw new Failure('EROFS');
    const member = this.tree.memberAt(path);
    if (!member) throw new Failure('ENOENT');
    if (member.name !== member.version) throw new Failure('ENOTDIR');
    this.tree.removeVersion(member);
  }

  async info(path: TreePath, { signal }: Signalled): Promise<Facts> {
    await answered(signal);
    const depth = depthOf(path);
    const member = depth < UNIT_DEPTH ? null : this.tree.memberAt(above(path, UNIT_DEPTH));
    const isThere =
      depth < UNIT_DEPTH
        ? this.tree.directoryAt(path)
        : depth === UNIT_DEPTH
          ? member
          : this.tree.fileAt(path);
    if (!isThere) throw new Failure('ENOENT');
    const real = member ? `${member.unit}${path.slice(above(path, UNIT_DEPTH).length)}` : path;
    return factsAt(treePath(real));
  }

  private directory(path: TreePath): Entry {
    return this.entries.directory(path, this.generation);
  }

  private filesOf({ unit, files }: Member): Entry[] {
    return [...files].map(([name, file]) => this.entries.file(treePath(`${unit}/${name}`), file));
  }
}

/** The answer comes later, unless the caller has left by then. */
async function answered(signal: AbortSignal | undefined): Promise<void> {
  await null;
  if (signal?.aborted) throw new Failure('ECANCELED');
}
