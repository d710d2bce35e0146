import { Failure } from '../../contract/failure.js';
import type { Args, RemoteEvent, Value } from '../../contract/remote.js';
import type { Store } from '../../contract/store.js';
import { joinPath, type TreePath } from '../../contract/tree-path.js';
import { failureOf } from '../protocol.js';
import { nowAndThen } from './transfer.js';
import { heldSource, type OwnerContents } from './upload.js';

interface CommitHost {
  readonly store: Store;
  readonly contents: OwnerContents;
  readonly emit: (event: RemoteEvent) => void;
}

/** Makes a version of a draft, and tells of its uploads: how far they are, and when it is there what was sent for it. */
export async function commit(
  { store, contents, emit }: CommitHost,
  { path: draft, collection, files, base, inos, options }: Args<'commit'>,
  signal: AbortSignal,
): Promise<Value<'commit'>> {
  if (!store.commit) throw new Failure('EROFS', 'This store can only be read.');
  const pathOf = (name: string): TreePath => joinPath(draft, name);
  const inoOf = new Map(files.map(({ name }, index) => [name, inos[index] ?? 0]));
  const reports = new Map<string, (sent: number) => void>();
  const uploaded: { path: TreePath; size: number }[] = [];
  const opened = files.map((file) =>
    file.kind === 'content' ? { ...file, source: heldSource(contents, file.source) } : file,
  );
  try {
    const committed = await store.commit(
      { collection, files: opened, base },
      {
        ...options,
        signal,
        onProgress: (name, sent, size) => {
          const place = { path: pathOf(name), ino: inoOf.get(name) ?? 0, size };
          const report =
            reports.get(name) ?? nowAndThen(size, (at) => emit({ type: 'progress', ...place, sent: at }));
          reports.set(name, report);
          report(sent);
        },
        onUploaded: (name, size) => uploaded.push({ path: pathOf(name), size }),
      },
    );
    for (const file of uploaded) emit({ type: 'committed', ...file });
    return committed;
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (failure.code !== 'ECANCELED') emit({ type: 'uncommitted', path: draft, failure });
    throw thrown;
  } finally {
    // Beside versions nothing else is ever queued.
    emit({ type: 'idle' });
  }
}
