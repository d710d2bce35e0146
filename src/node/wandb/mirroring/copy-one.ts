import { abortError, retold } from '../../arguments/errors.js';
import { driveAsync } from '../../composites/driver.js';
import { type CopySource, copyContent } from '../../composites/shared/copy.js';
import { sourceAt, targetAt } from '../../mounts/copy.js';
import type { End } from './end.js';

export interface Copying {
  readonly from: End;
  readonly to: End;
  readonly resume: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Copies one file. It stands at its place whole or not at all, and what is read from W&B is compared with its digest.
 *
 * @param tell hears of the bytes that are through
 */
export async function copyOne(
  { from, to, resume, signal }: Copying,
  name: string,
  tell: (bytes: number) => void,
): Promise<void> {
  if (signal?.aborted) throw abortError(signal);
  const [path, place] = [from.pathOf(name), to.pathOf(name)];
  // In a draft what a version has is told, not moved.
  if (from.tree && from.isOneWith(to)) return to.call('copyFile', path, place);
  if (from.tree && to.isDisk) {
    const onProgress = ({ bytes }: { readonly bytes: number }): void => tell(bytes);
    return from.tree.wandb.get(path, place, { resume, signal, onProgress });
  }
  const told = { syscall: 'copyfile', path, dest: place };
  const target = targetAt({ owner: to.files, argument: place, path: place, given: place }, 0, told);
  const content = {
    isAtomic: to.tree === null,
    get isGathered() {
      return target.isGathered;
    },
    takes: target.takes,
    // Modes are nothing that W&B keeps.
    open: (flags: number, _mode: number, suffix: string) => target.open(flags, 0o666, suffix),
    close: target.close,
    write: target.write,
    *fchmod() {},
    rename: target.rename,
    unlink: target.unlink,
  };
  const source = sourceAt({ owner: from.files, argument: path, path, given: path });
  try {
    await driveAsync(copyContent(counted(source, signal, tell), content, 0));
  } catch (error) {
    throw retold(error, told);
  }
}

function counted(
  source: CopySource,
  signal: AbortSignal | undefined,
  tell: (bytes: number) => void,
): CopySource {
  let bytes = 0;
  return {
    ...source,
    *fill(fd, chunk) {
      if (signal?.aborted) throw abortError(signal);
      const count = yield* source.fill(fd, chunk);
      bytes += count;
      tell(bytes);
      return count;
    },
  };
}
