import { Failure } from '../contract/failure.js';
import type { Kernel } from '../kernel/syscalls.js';
import { Calls } from './calls.js';
import { type UploadListener, UploadWarnings } from './wandb/upload-warnings.js';
import { Changes } from './watching/changes.js';

/** What all faces of one tree share: the kernel, made at the first use that needs it, and the calls on their way. */
export class Connection {
  readonly calls = new Calls();
  readonly changes = new Changes();
  readonly #connect: () => Kernel;
  readonly #listeners: UploadListener[] = [];
  readonly #warnings: UploadWarnings;
  #made: Kernel | null = null;
  #isEnded = false;

  /**
   * @param connect mounts the remote; it is called again if it threw
   * @param warn tells the user what no call can tell
   * @param debug tells what isn't worth a warning
   */
  constructor(
    connect: () => Kernel,
    warn: (message: string) => void,
    debug: (message: string) => void = () => {},
  ) {
    this.#connect = connect;
    this.#warnings = new UploadWarnings(warn, debug, this.#listeners);
  }

  /** The kernel, if anybody has used it. */
  get made(): Kernel | null {
    return this.#made;
  }

  get kernel(): Kernel {
    if (this.#isEnded) throw new Failure('EBADF', 'This fs object was closed; create another one.');
    if (this.#made === null) {
      this.#made = this.#connect();
      this.#made.onUpload((event) => {
        this.#warnings.hear(event);
        for (const listener of this.#listeners) listener.hear(event);
      });
    }
    return this.changes.through(this.#made);
  }

  onUpload(listener: UploadListener): void {
    this.#listeners.push(listener);
  }

  /** Nobody watches any more. A tree that was never used isn't used after its end. */
  end(): void {
    this.#isEnded = this.#made === null;
    this.changes.end();
  }
}
