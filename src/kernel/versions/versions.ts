import type { CommitOptions, Committed } from '../../contract/drafts.js';
import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { HandedDraftFile } from '../../contract/remote.js';
import { decodeName, encodeName, lastNameOf, parentOf, type TreePath } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import { Inode } from '../namespace/inode.js';
import { ABSENT } from '../namespace/listing/pins.js';
import type { Removal } from '../namespace/removal.js';
import { assertFree, find, resolve, resolveParent } from '../namespace/resolve.js';
import { effect, isDone } from '../operation/effect.js';
import type { Operation } from '../operation/operation.js';
import type { Writeback } from '../writeback/writeback.js';

/** Where a symbolic link leads: to a path of this tree, or to content elsewhere. */
export type LinkTarget =
  | { readonly kind: 'path'; readonly path: TreePath }
  | { readonly kind: 'uri'; readonly uri: string };

/** What W&B itself calls versions, and what is kept for commits. */
const RESERVED_NAME = /^(v\d+$|@)/;
/** The alias that every commit sets. */
const LATEST = 'latest';
/** `rename(draft, '@commit+prod')` commits, for tools that know only `fs`. */
const COMMIT_NAME = /^@commit(\+.+)?$/;

/** What a tree of versions has beside files: drafts that become versions, and aliases, which are links to versions. */
export class Versions {
  constructor(
    private readonly core: Core,
    private readonly removal: Removal,
    private readonly writeback: Writeback,
  ) {}

  /** All or nothing: readers see the draft until the server has the whole version. */
  commit(op: Operation, path: TreePath, options: CommitOptions): Committed {
    if (isDone(op)) return op.outcome as Committed;
    if (!this.core.hasVersions) {
      throw new Failure(
        'EINVAL',
        'Run files have no versions: they are committed on the tree of artifacts, createWandbArtifactFs().',
      );
    }
    const draft = resolve(this.core, op, path, true);
    if (!draft.local?.isDraft) {
      throw new Failure(
        'EINVAL',
        'Only a draft can be committed: mkdir a new name beside the versions and write into it.',
      );
    }
    this.core.assertMutable(draft);
    this.core.locks.assertFree(draft.path, true);
    assertClosed(draft);
    assertNoDraft(draft, options.aliases ?? []);
    const { path: ownPath } = draft;
    const collection = draft.parent?.path ?? '';
    const sent: HandedDraftFile[] = [];
    const args = () => {
      const inodes = [...draft.walk()].filter((inode) => !inode.isDirectory);
      for (const inode of inodes) sent.push(this.fileOf(draft, inode));
      const inos = inodes.map((inode) => this.core.numbers.of(inode));
      return { path: draft.path, collection, files: sent, base: baseOf(draft), inos, options };
    };
    const commit = ({ entries, ...committed }: Committed & { entries: readonly Entry[] }): void => {
      op.outcome = committed;
      this.removal.detachTree(draft, ownPath);
      this.place(collection, entries);
    };
    const settled = (): void => {
      for (const file of sent) if (file.kind === 'content') this.core.handedOver.letGo(file.source);
    };
    const names = [{ path: draft.path, isSubtree: true }];
    throw effect(this.core, op, names, 'commit', args, commit, settled, { isEndedByAbort: true });
  }

  /** Is it a commit that this rename means? Then it is done, or on its way. */
  commitByName(op: Operation, source: Inode, parent: Inode, name: string): boolean {
    if (!this.core.hasVersions || !COMMIT_NAME.test(name) || parent.depth !== this.core.unitDepth - 1)
      return false;
    if (source.parent !== parent) {
      throw new Failure(
        'EXDEV',
        'A draft is committed to the collection it is in; copy it to the other one.',
      );
    }
    const aliases = name.split('+').slice(1);
    for (const alias of aliases) assertAliasName(alias);
    this.commit(op, source.path, { aliases: aliases.map(decodeName) });
    return true;
  }

  symlink(op: Operation, target: LinkTarget, path: TreePath): void {
    if (isDone(op)) return;
    if (!this.core.hasVersions) {
      assertFree(this.core, op, path);
      throw new Failure('EPERM', 'W&B runs hold no symbolic links; copy the file instead.');
    }
    const { parent, name } = resolveParent(this.core, op, path);
    const standing = find(this.core, op, path, true);
    if (standing?.isDirectory) throw new Failure('EEXIST');
    this.core.assertMutable(parent);
    this.core.locks.assertFree(`${parent.path}/${name}`);
    if (parent.draft) {
      if (standing) throw new Failure('EEXIST');
      this.refer(parent, name, target);
      return;
    }
    if (parent.depth !== this.core.unitDepth - 1 || target.kind === 'uri') {
      throw new Failure(
        'EPERM',
        'Links are aliases, which stand beside versions and point to one, or references in a draft, which point to a URI.',
      );
    }
    assertAliasName(name);
    const version = this.versionAt(op, target.path);
    this.setAlias(op, version.path, `${parent.path}/${name}`, null);
  }

  /** As `mv`: the new name is set, or moved, before the old one goes. */
  renameAlias(op: Operation, alias: Inode, path: TreePath): void {
    assertAliasName(lastNameOf(path));
    this.setAlias(op, resolve(this.core, op, alias.path).path, path, alias);
  }

  readlink(op: Operation, path: TreePath): string {
    const { target } = resolve(this.core, op, path, true);
    if (target === null) throw new Failure('EINVAL');
    return target;
  }

  /**
   * Gives a file of a version, or one that was copied from one, a further name in a draft, without moving a byte.
   * Returns false where that can't be: the caller copies the content.
   */
  clone(op: Operation, from: TreePath, to: TreePath, isExclusive: boolean): boolean {
    // A name that demands a directory can't be a file's: the copying of content tells why.
    if (!this.core.hasVersions || to.endsWith('/')) return false;
    const source = resolve(this.core, op, from);
    const { parent, name } = resolveParent(this.core, op, to);
    const { entry } = source;
    if (source.isDirectory || !entry || source.local?.content || !parent.draft) return false;
    const standing = parent.children?.get(name);
    if (standing?.isDirectory || standing?.isOpen || standing === source) return false;
    if (standing && isExclusive) throw new Failure('EEXIST');
    this.core.assertMutable(parent);
    this.core.locks.assertFree(`${parent.path}/${name}`);
    const path = `${parent.path}/${name}`;
    const origin = entry.origin ?? (source.draft ? undefined : entry.path);
    const copied = { ...entry, path, origin };
    this.core.keeping.put(path, { kind: 'copy', entry: copied });
    if (standing && standing.kind !== source.kind) {
      standing.detach();
      this.writeback.forget(standing);
    }
    const copy = standing?.kind === source.kind ? standing : new Inode(source.kind, copied);
    const local = copy.ensureLocal();
    if (copy === standing) {
      // As on a disk, a file that is copied onto stays the file that it is.
      this.core.overlay.drop(standing);
      copy.entry = copied;
      local.durable = local.generation;
    } else {
      copy.attach(parent, name);
    }
    local.mode = source.local?.mode ?? null;
    local.mtimeMs = this.core.now();
    local.ctimeMs = local.mtimeMs;
    this.core.keeping.letGo(copy);
    return true;
  }

  /**
   * Takes note that a directory is copied onto another one: a draft that a version was copied into begins with what that
   * version tells of itself, as one that is a copy of such a draft does. No bytes, no request.
   */
  startFrom(op: Operation, from: TreePath, to: TreePath): void {
    if (!this.core.hasVersions) return;
    const draft = resolve(this.core, op, to);
    const source = resolve(this.core, op, from);
    const isUnit = source.isDirectory && source.depth === this.core.unitDepth;
    if (!draft.local?.isDraft || !isUnit) return;
    const added = source.local?.isDraft ? source.local.bases : [source.path];
    const bases = [...new Set([...draft.local.bases, ...added])];
    if (bases.length === draft.local.bases.length) return;
    this.core.assertMutable(draft);
    this.core.locks.assertFree(draft.path);
    this.core.keeping.put(draft.path, { kind: 'draft', bases });
    draft.local.bases = bases;
  }

  private setAlias(op: Operation, target: TreePath, path: TreePath, replaced: Inode | null): void {
    const names = [path, ...(replaced ? [replaced.path] : [])].map((name) => ({
      path: name,
      isSubtree: false,
    }));
    const args = { path, target, replaces: replaced?.path ?? null };
    throw effect(
      this.core,
      op,
      names,
      'symlink',
      () => args,
      ({ entries }) => {
        if (replaced) {
          if (replaced.parent) this.core.pin(replaced.path, ABSENT, [replaced.entry?.version]);
          replaced.detach();
        }
        this.place(parentOf(path), entries);
      },
    );
  }

  /** The version at a path; aliases are followed. */
  private versionAt(op: Operation, path: TreePath): Inode {
    const version = resolve(this.core, op, path);
    if (version.depth !== this.core.unitDepth || !version.isDirectory || version.draft) {
      throw new Failure('EINVAL', 'An alias points to a version: …/<collection>/vN.');
    }
    return version;
  }

  /** Content that lies elsewhere becomes a file of the draft. */
  private refer(parent: Inode, name: string, target: LinkTarget): void {
    if (target.kind === 'path') {
      throw new Failure(
        'EPERM',
        'A link in a draft points to a URI, such as s3://bucket/key; copy files of other versions, it moves no bytes.',
      );
    }
    const { uri } = target;
    const path = `${parent.path}/${name}`;
    this.core.keeping.put(path, { kind: 'reference', uri });
    new Inode('symlink', referenceEntry(path, uri, this.core.now())).attach(parent, name);
  }

  private fileOf(draft: Inode, inode: Inode): HandedDraftFile {
    const name = inode.path.slice(draft.path.length + 1);
    const { local, entry } = inode;
    if (local?.content) {
      return { name, kind: 'content', source: this.core.handedOver.hand(this.core.overlay.snapshot(inode)) };
    }
    if (entry?.origin !== undefined) {
      return { name, kind: 'copy', origin: entry.origin, version: entry.version };
    }
    if (entry?.target !== undefined) return { name, kind: 'reference', uri: entry.target };
    throw new Error('a file of a draft has neither content nor an origin');
  }

  /**
   * What the server did shows here at once, and a listing that was asked for before doesn't undo it. Other aliases of
   * the collection, and `latest`, may have moved: it is listed anew.
   */
  private place(collection: TreePath, entries: readonly Entry[]): void {
    const directory = this.core.directoryAt(collection);
    this.core.expireNames(directory);
    for (let at = directory; at.parent && at.local?.isLocalDirectory; at = at.parent) {
      at.local.isLocalDirectory = false;
      this.core.forgetNegatives(at.path);
      this.core.expireNames(at.parent);
    }
    for (const entry of entries) {
      const before = directory.children?.get(entry.path.slice(collection.length + 1));
      this.core.pin(entry.path, entry.version, [before?.entry?.version ?? ABSENT]);
    }
    this.core.mergeAbove(entries, this.core.tick());
  }
}

/** A reference in a draft, as the kernel shows it. */
export const referenceEntry = (path: TreePath, uri: string, at: number): Entry => ({
  path,
  kind: 'symlink',
  target: uri,
  refusal: 'A reference can be read when its draft is committed.',
  size: null,
  mtimeMs: at,
  birthtimeMs: at,
  version: `uri:${uri}`,
  md5: null,
  id: null,
  isReadOnly: false,
});

/** Throws EINVAL for the names that W&B gives to versions itself. */
export function assertDraftName(name: string): void {
  if (!RESERVED_NAME.test(name) && name !== LATEST) return;
  throw new Failure(
    'EINVAL',
    'Versions get their names from W&B: choose another one for the draft (not vN or latest, nor one that begins with @), then commit it.',
  );
}

function assertAliasName(name: string): void {
  if (!RESERVED_NAME.test(name)) return;
  throw new Failure(
    'EINVAL',
    'W&B numbers versions itself: choose an alias that is no vN and does not begin with @.',
  );
}

/** Of a draft made of several versions none speaks for the whole. */
function baseOf({ local }: Inode): TreePath | null {
  const [base = null, ...others] = local?.bases ?? [];
  return others.length === 0 ? base : null;
}

function assertClosed(draft: Inode): void {
  for (const inode of draft.walk()) {
    if ((inode.local?.writers ?? 0) === 0) continue;
    const name = inode.path.slice(draft.path.length + 1);
    throw new Failure('EBUSY', `'${name}' is open for writing: close it, then commit.`);
  }
}

/** An alias and a draft can't stand under one name. */
function assertNoDraft(draft: Inode, aliases: readonly string[]): void {
  for (const alias of aliases) {
    const standing = draft.parent?.children?.get(encodeName(alias));
    if (standing !== draft && standing?.local?.isDraft)
      throw new Failure(
        'EEXIST',
        `There is a draft of the name '${alias}': rename it, or choose another alias.`,
      );
  }
}
