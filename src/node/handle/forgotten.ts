import { setImmediate, throwLater } from '../../platform/time.js';
import { hasCode } from '../arguments/errors.js';
import { asPath } from '../arguments/paths.js';
import { refusal } from '../arguments/refusals.js';
import { warnOfForgotten } from '../arguments/warnings.js';
import { close } from '../composites/files/descriptors.js';
import { nodeMajor } from '../faces/node-version.js';
import type { Tree } from '../tree.js';

export interface OpenFd {
  readonly fd: number;
  /** As it was given to `open`. */
  readonly path: unknown;
}

/** What is left of a handle that nobody can close any more. */
export interface Left extends OpenFd {
  readonly tree: Tree;
}

const forgotten = new FinalizationRegistry<Left>(async ({ tree, fd, path }) => {
  try {
    await tree.calls.drive(close(tree, fd));
  } catch (error) {
    // Closed by its number, or with its fs object: nothing was left open.
    if (hasCode(error, 'EBADF')) return;
    throw error;
  }
  if (nodeMajor < 25) warnOfForgotten(fd);
  else {
    throwLater(() => {
      throw refusal(
        Error,
        'ERR_INVALID_STATE',
        `A FileHandle object was closed during garbage collection. This used to be allowed with a deprecation warning but is now considered an error. Please close FileHandle objects explicitly. File descriptor: ${fd} (${asPath(path)})`,
      );
    });
  }
});

/** What is open as long as it is used, and leaves something to close when it is forgotten. */
interface Forgettable {
  /** Null once it is closed. It must not lead to its owner. */
  left(): Left | null;
}

/** Of this turn of the event loop: most are closed within it, and what is registered costs as much as a read of what is here. */
let opened: Forgettable[] = [];

function registerOpened(): void {
  for (const owner of opened) {
    const left = owner.left();
    if (left) forgotten.register(owner, left, owner);
  }
  opened = [];
}

/**
 * Closes an fd when its owner is collected, and tells of it as the running Node does: a handle that nobody closed would keep
 * its content here, and what was written to it from the server.
 */
export function closeIfForgotten(owner: Forgettable): void {
  if (opened.length === 0) setImmediate(registerOpened).unref();
  opened.push(owner);
}

export const isNotForgotten = (owner: Forgettable): void => void forgotten.unregister(owner);
