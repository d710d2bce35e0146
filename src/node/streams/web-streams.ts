import { ReadableStream } from 'node:stream/web';
import { type AnyFunction, asBoolean, asObject } from '../arguments/validate.js';
import { answer } from '../faces/face.js';
import type { FileHandle } from '../handle/file-handle.js';
import type { StreamFs } from './streams.js';

type Transfer = readonly [
  fd: number,
  buffer: unknown,
  offset: unknown,
  length: unknown,
  position: unknown,
  done: AnyFunction,
];

/** What Node's stream classes call, over a handle: the fd that they give is the handle's. */
export const streamOperations = (handle: FileHandle): StreamFs => ({
  fsync: (_fd: number, done: AnyFunction) => answer(handle.sync(), done),
  read: (...[_fd, buffer, offset, length, position, done]: Transfer) =>
    answer(handle.read(buffer, offset, length, position), done, ({ bytesRead }) => [bytesRead, buffer]),
  write: (...[_fd, buffer, offset, length, position, done]: Transfer) =>
    answer(handle.write(buffer, offset, length, position), done, ({ bytesWritten }) => [
      bytesWritten,
      buffer,
    ]),
  writev: (_fd: number, buffers: unknown, position: unknown, done: AnyFunction) =>
    answer(handle.writev(buffers, position), done, ({ bytesWritten }) => [bytesWritten, buffers]),
});

const CHUNK_BYTES = 16 * 1024;

/** What a web stream reads. */
interface ByteSource {
  /** Fills the view from its start; 0 at the end. */
  readonly read: (view: Uint8Array) => Promise<number>;
  /** Is called once, when the stream has ended or was cancelled. */
  readonly end: () => Promise<void>;
  /** Takes what ends the stream before its end. */
  readonly onClose: (close: () => void) => void;
}

/** A stream of bytes, read into the buffers of those who bring their own. */
export function webStream({ read, end, onClose }: ByteSource): ReadableStream {
  let state: 'waiting' | 'reading' | 'ended' = 'waiting';
  let isClosed = false;
  return new ReadableStream({
    type: 'bytes',
    autoAllocateChunkSize: CHUNK_BYTES,
    start(controller) {
      onClose(() => {
        isClosed = true;
        // Who reads is answered first.
        if (state === 'waiting') controller.close();
      });
    },
    async pull(controller) {
      const request = controller.byobRequest;
      const view = request?.view as Uint8Array | null | undefined;
      // Always there with `autoAllocateChunkSize`.
      if (!request || !view) throw new TypeError('There is no request to answer.');
      state = 'reading';
      let count = 0;
      try {
        count = await read(view);
      } finally {
        state = count === 0 || isClosed ? 'ended' : 'waiting';
      }
      if (state === 'waiting') return request.respond(count);
      controller.close();
      await end();
      request.respond(0);
    },
    async cancel() {
      state = 'ended';
      await end();
    },
  });
}

/** Checks the options of `readableWebStream`. */
export function asAutoClose(options: unknown): boolean {
  const { type = 'bytes', autoClose = false } = asObject(options, 'options');
  const isClosing = asBoolean(autoClose, 'options.autoClose');
  if (type !== 'bytes') {
    process.emitWarning(
      'A non-"bytes" options.type has no effect. A byte-oriented steam is always created.',
      'ExperimentalWarning',
    );
  }
  return isClosing;
}
