import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { Move, Value } from '../../contract/remote.js';
import type { Store } from '../../contract/store.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { OpenSource } from '../../contract/uploads.js';
import { reading } from '../../store/common/sources.js';
import { download } from './download.js';
import { Lease } from './lease.js';
import type { createRemovals } from './removals.js';
import { declare, send } from './transfer.js';
import { heldSource } from './upload.js';
import type { Uploader } from './uploader.js';

interface RenameHost {
  readonly store: Store;
  readonly uploader: Uploader;
  readonly remove: ReturnType<typeof createRemovals>;
}

/**
 * Renames files of one unit: those that were never declared to the server in the queue alone, all others by uploading them under
 * their new names, then removing the old ones. If it fails, what was queued is still queued under the old names.
 */
export async function rename(host: RenameHost, moves: readonly Move[]): Promise<Value<'rename'>['moved']> {
  const { uploader } = host;
  const known = moves.filter(({ ino, from, to, entry }) => entry !== null || !uploader.rekey(ino, from, to));
  const moved = new Map<number, Entry>();
  if (known.length > 0) {
    const lease = new Lease(
      uploader,
      known.flatMap(({ from, to }) => [from, to]),
    );
    try {
      await lease.isQuiet();
      const entries = await uploadAll(host, known);
      await host.remove(known.map(({ from, entry }) => ({ path: from, id: entry?.id ?? null })));
      for (const { ino, from, to } of known) {
        for (const path of [from, to]) lease.drop(path);
        uploader.queue.declared.delete(from);
        uploader.recent.delete(from);
        const entry = entries.get(to);
        if (!entry)
          throw new Failure('EIO', 'Internal error: a renamed file has no entry. Please report it.');
        uploader.recent.set(to, entry);
        moved.set(ino, entry);
      }
    } finally {
      lease.release();
    }
  }
  return moves.map(({ ino }) => ({ ino, entry: moved.get(ino) ?? null }));
}

async function uploadAll(
  { store, uploader }: RenameHost,
  moves: readonly Move[],
): Promise<ReadonlyMap<TreePath, Entry>> {
  const { target, signal } = uploader;
  const { contents, now } = uploader.options;
  for (const { to } of moves) uploader.queue.declared.add(to);
  const paths = moves.map(({ to }) => to);
  const ticketOf = await declare(target, paths, signal);
  const entries = new Map<TreePath, Entry>();
  const transfers = moves.map((move) =>
    uploader.transfers.run(sizeOf(move), async (onPushback) => {
      const ticket = ticketOf(move.to);
      const sendTo = (source: OpenSource): Promise<Entry> =>
        send(target, ticket, source, { signal, now, onPushback });
      if (move.source) {
        entries.set(move.to, await reading(heldSource(contents, move.source), sendTo));
        return;
      }
      const content = await fetch(store, uploader, move);
      try {
        entries.set(move.to, await sendTo(content.source));
      } finally {
        await content.dispose();
      }
    }),
  );
  // Nothing may be on its way any more when the names are released.
  const outcomes = await Promise.allSettled(transfers);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  await target.uploads.finish(paths.map(ticketOf), { signal });
  return entries;
}

/** What nobody knows may be much. */
const sizeOf = ({ source, entry }: Move): number => (source ?? entry)?.size ?? Number.POSITIVE_INFINITY;

async function fetch(store: Store, uploader: Uploader, { from, entry }: Move): ReturnType<typeof download> {
  const { signal } = uploader;
  const known = entry ?? uploader.recent.get(from) ?? (await lookupFile(store, from, signal));
  try {
    return await download(store, known, signal);
  } catch (thrown) {
    if (!isOfOtherContent(thrown)) throw thrown;
  }
  try {
    // Somebody else wrote it: what stands under the name now is what is renamed.
    return await download(store, await lookupFile(store, from, signal), signal);
  } catch (thrown) {
    if (!isOfOtherContent(thrown)) throw thrown;
    // Two mismatches in a row are broken bytes, or a writer who is faster than we are.
    const detail = thrown.detail ?? 'The content differs from what the server lists.';
    throw new Failure('EIO', detail, thrown.cause);
  }
}

const isOfOtherContent = (thrown: unknown): thrown is Failure =>
  thrown instanceof Failure && (thrown.code === 'ESTALE' || thrown.code === 'EBADMSG');

async function lookupFile(store: Store, path: TreePath, signal: AbortSignal): Promise<Entry> {
  const { found } = await store.lookup(path, { listing: false, signal });
  if (found === null || found === 'prefix') throw new Failure('ENOENT');
  return found;
}
