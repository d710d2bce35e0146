import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { Core } from '../../core.js';
import { resolve } from '../../namespace/resolve.js';
import { Fault, type Operation } from '../../operation/operation.js';

/** The storage's own address of a file's content, signed anew each time; of a reference the address that it is. */
export function signedUrl(core: Core, op: Operation, path: TreePath): string {
  const inode = resolve(core, op, path);
  const { entry, target } = inode;
  if (inode === core.root || inode.isDirectory) throw new Failure('EISDIR', 'Single files have addresses.');
  if (target !== null) {
    if (/^https?:/i.test(target)) return target;
    throw new Failure(
      'ENOTSUP',
      `It is a reference to content that ${core.shape.keeper} does not store: readlink() tells where.`,
    );
  }
  if (inode.isDirty || entry === null) throw new Failure('EBUSY', notThereYet(core));
  if (op.progress?.of === 'signedUrl') return op.progress.answer;
  const key = `signedUrl#${core.tick().epoch}`;
  throw new Fault(key, () =>
    core.loads.start(key, 'signedUrl', { entry }, (url, failure) => {
      if (url !== null) op.progress = { of: 'signedUrl', answer: url };
      return failure;
    }),
  );
}

const notThereYet = ({ shape }: Core): string =>
  `${shape.keeper} doesn't have its content yet: flush() it first; of a draft, commit() that.`;
