import { Failure } from '../../../contract/failure.js';
import type { Core } from '../../core.js';
import type { Inode } from '../../namespace/inode.js';
import { Fault } from '../../operation/operation.js';

/** Throws a Fault that learns the size of a file which the server lists without one it can have: one ranged GET. */
export function ensureSize(core: Core, inode: Inode): void {
  const { entry } = inode;
  // What lies elsewhere is asked for nothing that nobody wants to read.
  if (inode.isDirectory || inode.target !== null || inode.size !== null || !entry) return;
  const key = `size:${entry.path}\0${entry.version}`;
  throw new Fault(key, () =>
    core.loads.start(key, 'read', { entry, start: 0, end: 1, etag: null }, (content, failure) => {
      if (!content) return failure?.code === 'EBADMSG' ? broken(failure) : failure;
      if (inode.entry?.version === entry.version) inode.entry = { ...inode.entry, size: content.size };
      return null;
    }),
  );
}

const broken = ({ detail, cause }: Failure): Failure => new Failure('EIO', detail, cause);
