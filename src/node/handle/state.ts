import { invalidState } from '../arguments/refusals.js';
import { type AsyncComposite, driveSync } from '../composites/driver.js';
import { close } from '../composites/files/descriptors.js';
import { readTransfer, writeTransfer } from '../composites/files/transfer.js';
import type { Tree } from '../tree.js';
import { closeIfForgotten, isNotForgotten, type Left, type OpenFd } from './forgotten.js';

/** The fd of a handle, and who uses it: it is closed when the handle is and the last of them has ended. */
export class HandleState {
  readonly #tree: Tree;
  readonly #onClose: () => void;
  #fd: number;
  readonly #path: unknown;
  /** The handle itself, and the calls and streams that use it. */
  #uses = 0;
  readonly #release = this.hold();
  #closing: Promise<void> | null = null;
  #onUnused: () => void = () => {};
  #isLocked = false;

  /** `onClose` is called when the handle begins to close. */
  constructor(tree: Tree, { fd, path }: OpenFd, onClose: () => void) {
    this.#tree = tree;
    this.#fd = fd;
    this.#onClose = onClose;
    this.#path = path;
    closeIfForgotten(this);
  }

  get fd(): number {
    return this.#fd;
  }

  left(): Left | null {
    return this.#fd === -1 ? null : { tree: this.#tree, fd: this.#fd, path: this.#path };
  }

  get isEnded(): boolean {
    return this.#closing !== null || this.#fd === -1;
  }

  /** Throws ERR_INVALID_STATE for a handle that nothing can stream over. */
  checkFree(): void {
    if (this.#fd === -1) throw invalidState('The FileHandle is closed');
    if (this.#closing) throw invalidState('The FileHandle is closing');
    if (this.#isLocked) throw invalidState('The FileHandle is locked');
  }

  /** Keeps others from streaming. */
  lock(): void {
    this.#isLocked = true;
  }

  unlock(): void {
    this.#isLocked = false;
  }

  /** Keeps the fd open until the function that it gives is called. */
  hold(): () => void {
    let isHeld = true;
    this.#uses++;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#uses--;
      if (this.#uses === 0) this.#onUnused();
    };
  }

  async call<T>(syscall: string, call: (fd: number) => AsyncComposite<T>): Promise<T> {
    if (this.#fd === -1) {
      throw Object.assign(new Error('file closed'), { code: 'EBADF', syscall });
    }
    const release = this.hold();
    try {
      return await this.#tree.calls.drive(call(this.#fd));
    } finally {
      release();
    }
  }

  read(bytes: Uint8Array, position: number | null): Promise<number> {
    return this.#tree.calls.drive(readTransfer(this.#tree, this.#fd, { bytes, position }));
  }

  readSync(bytes: Uint8Array, position: number | null): number {
    return driveSync(readTransfer(this.#tree, this.#fd, { bytes, position }));
  }

  write(bytes: Uint8Array, position: number | null): Promise<number> {
    return this.#tree.calls.drive(writeTransfer(this.#tree, this.#fd, { bytes, position }));
  }

  writeSync(bytes: Uint8Array, position: number | null): number {
    return driveSync(writeTransfer(this.#tree, this.#fd, { bytes, position }));
  }

  close(): Promise<void> {
    if (this.#fd === -1) return Promise.resolve();
    if (this.#closing) return this.#closing;
    this.#closing = new Promise((resolve) => {
      this.#onUnused = () => {
        resolve(this.#tree.calls.drive(close(this.#tree, this.#takeFd())));
      };
    });
    this.#release();
    this.#onClose();
    return this.#closing;
  }

  closeSync(): void {
    if (this.#fd === -1) return;
    if (this.#closing) throw invalidState('The FileHandle is closing');
    driveSync(close(this.#tree, this.#takeFd()));
    this.#onClose();
  }

  #takeFd(): number {
    const fd = this.#fd;
    this.#fd = -1;
    isNotForgotten(this);
    return fd;
  }
}
