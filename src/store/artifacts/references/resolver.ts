import { setMaxListeners } from 'node:events';
import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { isWireFailure } from '../../../wire/wire-failure.js';
import { md5Of } from '../../common/rows.js';
import { isDigest, versionOf } from '../content.js';
import type { ArtifactsContext } from '../context.js';
import { fileEntry } from '../listing/entries.js';
import type { Version } from '../listing/version-queries.js';
import type { Manifest, ManifestEntry } from '../manifest/format.js';
import { refusalOf } from './policy.js';
import { parseArtifactReference, shown } from './target.js';

/** Where the content of a manifest's entry is in the end. */
export type Whereabouts =
  /** In the storage, as a file of this version. */
  | { readonly kind: 'stored'; readonly version: Version; readonly file: ManifestEntry }
  /** Somewhere else, by a URI. */
  | { readonly kind: 'elsewhere'; readonly uri: string; readonly file: ManifestEntry }
  /** Nowhere: the reference leads to nothing, or in a circle. */
  | {
      readonly kind: 'nowhere';
      readonly uri: string;
      readonly file: ManifestEntry;
      readonly failure: Failure;
    };

/** References to references to references… */
const MOST_HOPS = 16;
/** Entries made at once: the others wait until they are wanted. */
const PAGE = 2000;

/** Follows references between artifacts, and shows what they lead to. */
export class Resolver {
  constructor(private readonly context: ArtifactsContext) {}

  /** Costs requests only where an entry refers to another artifact: its manifest, once. */
  follow(version: Version, file: ManifestEntry, signal: AbortSignal | undefined): Promise<Whereabouts> {
    return this.followVia(this.targets(signal), version, file, signal);
  }

  /** The entry of a manifest's file, as it is shown. */
  async entryOf(
    unit: TreePath,
    version: Version,
    file: ManifestEntry,
    signal: AbortSignal | undefined,
  ): Promise<Entry> {
    return this.show(unit, version, file, await this.follow(version, file, signal));
  }

  /**
   * All entries of a version, page by page; a path that is a directory too is left to the directory, as the SDK does it.
   */
  async *pagesOf(
    unit: TreePath,
    version: Version,
    manifest: Manifest,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly Entry[]> {
    const files = [...manifest.entries.values()].filter(({ path }) => !manifest.isDirectory(path));
    const find = this.targets(signal);
    // At once, rather than one after another as they come up below. Each of many requests listens to the signal.
    if (signal) setMaxListeners(0, signal);
    await Promise.all(
      files.flatMap(({ ref }) => {
        const target = ref === null ? null : parseArtifactReference(ref);
        return target ? find(target.id) : [];
      }),
    );
    for (let at = 0; at === 0 || at < files.length; at += PAGE) {
      const page: Entry[] = [];
      for (const file of files.slice(at, at + PAGE)) {
        // No turn of the event loop for each of many files.
        const whereabouts: Whereabouts =
          file.ref === null
            ? { kind: 'stored', version, file }
            : await this.followVia(find, version, file, signal);
        page.push(this.show(unit, version, file, whereabouts));
      }
      yield page;
    }
  }

  async entriesOf(...args: Parameters<Resolver['pagesOf']>): Promise<readonly Entry[]> {
    const pages: (readonly Entry[])[] = [];
    for await (const page of this.pagesOf(...args)) pages.push(page);
    return pages.flat();
  }

  private async followVia(
    find: FindTarget,
    version: Version,
    file: ManifestEntry,
    signal: AbortSignal | undefined,
  ): Promise<Whereabouts> {
    let at = { version, file };
    const seen = new Set([`${version.id}\0${file.path}`]);
    for (;;) {
      const { ref } = at.file;
      if (ref === null) return { kind: 'stored', ...at };
      const target = parseArtifactReference(ref);
      if (!target) return { kind: 'elsewhere', uri: ref, file: at.file };
      const lost = (code: 'ELOOP' | 'EIO', how: string, cause: string | null = null): Whereabouts => {
        const failure = new Failure(code, `The reference ${shown(ref)} leads ${how}.`, cause);
        return { kind: 'nowhere', uri: ref, file: at.file, failure };
      };
      const key = `${target.id}\0${target.path}`;
      if (seen.has(key)) return lost('ELOOP', 'in a circle');
      if (seen.size > MOST_HOPS) return lost('ELOOP', 'over too many others');
      seen.add(key);
      const found = await find(target.id);
      if (found instanceof Failure) return lost('EIO', "to a version that can't be read", found.detail);
      const next = found && (await this.context.manifests.get(found.id, signal)).entries.get(target.path);
      if (!next) return lost('EIO', 'to nothing that this API key may see');
      at = { version: found, file: next };
    }
  }

  private show(unit: TreePath, version: Version, { path }: ManifestEntry, whereabouts: Whereabouts): Entry {
    const { madeAtMs } = version;
    const { file } = whereabouts;
    if (whereabouts.kind === 'stored') {
      return fileEntry(unit, path, { version: versionOf(file), size: file.size, madeAtMs });
    }
    const { uri, kind } = whereabouts;
    const isLost = kind === 'nowhere';
    const refusal = isLost ? whereabouts.failure.detail : refusalOf(uri, this.context.artifacts.references);
    // Of a reference to an artifact the manifest doesn't tell it.
    const size = isLost ? null : file.size;
    return {
      ...fileEntry(unit, path, { version: versionOfReference(file, uri), size, madeAtMs }),
      kind: 'symlink',
      target: uri,
      ...(refusal !== null && { refusal }),
    };
  }

  /** Finds the targets of one operation, each once. */
  private targets(signal: AbortSignal | undefined): FindTarget {
    const targets = new Map<string, ReturnType<FindTarget>>();
    return (id) => {
      const target = targets.get(id) ?? this.target(id, signal);
      targets.set(id, target);
      return target;
    };
  }

  /** With its manifest in memory. Null: it isn't there, or not for this key. A failure: its manifest can't be read. */
  private async target(id: string, signal: AbortSignal | undefined): ReturnType<FindTarget> {
    try {
      const version = await this.context.versions.byId(id, signal);
      if (version) await this.context.manifests.get(id, signal);
      return version;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'ENOENT' || error.code === 'EACCES') return null;
      // Another version that is broken must not keep this one from being listed.
      const isBroken = !isWireFailure(error) && (error.code === 'EPROTO' || error.code === 'EFBIG');
      if (isBroken) return error;
      throw error;
    }
  }
}

type FindTarget = (id: string) => Promise<Version | Failure | null>;

/**
 * Names a reference's content: by its digest, where the manifest holds that. Of files it may be one of the content, or
 * of the URI; other schemes note ETags, which may look like MD5s and aren't.
 */
function versionOfReference({ ref, digest }: ManifestEntry, uri: string): string {
  const isOfContent = ref !== null && /^file:/i.test(ref) && isDigest(digest) && digest !== md5Of(ref);
  return isOfContent ? versionOf({ algorithm: 'md5', digest }) : `reference:${digest} ${uri}`;
}
