import { randomBytes } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { constants, promises as disk } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../contract/failure.js';
import { type TreePath, treePath } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import { abortError, bothErrors, systemError } from '../arguments/errors.js';
import { asPath, type Place } from '../arguments/paths.js';
import { asFunction, asObject, asSignal } from '../arguments/validate.js';
import { invoke } from '../composites/driver.js';
import { explaining, placeOf, type Tree } from '../tree.js';
import type { UploadEvents } from './control.js';

export interface TransferOptions {
  /** Called now and then with the bytes that are through, of `size` bytes, and at the end with all of them. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TransferProgress {
  readonly bytes: number;
  /** Bytes of the whole file. */
  readonly size: number;
}

const CHUNK_BYTES = 1024 * 1024;
const { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } = constants;

/**
 * Copies a file to this machine's disk. It appears there whole, by a rename, when its content has been compared with the
 * digest that W&B tells: whoever reads it from its beginning to its end has that done (`kernel/content/reading/whole-read.ts`).
 */
export async function get(tree: Tree, remote: unknown, local: unknown, options: unknown): Promise<void> {
  const source = new RemoteFile(tree, placeOf(tree, remote, 'remote'), asTransfer(options));
  const target = asLocalPath(local);
  const { signal, onProgress } = source.options;
  await source.using('open', O_RDONLY, async (fd) => {
    const { size, kind } = await source.run('fstat', (op) => tree.kernel.fstat(op, fd));
    if (kind === 'directory') throw source.failed('read', 'EISDIR', '`get` copies one file.');
    await wholeFile(target, async (output) => {
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      let bytes = 0;
      for (;;) {
        const count = await source.run('read', (op) => tree.kernel.read(op, fd, chunk, null));
        if (count === 0) break;
        const read = chunk.subarray(0, count);
        await output.writeFile(read);
        bytes += count;
        onProgress({ bytes, size: Math.max(size, bytes) });
      }
      // Of an empty file nothing was read.
      if (bytes === 0) onProgress({ bytes, size: 0 });
      if (signal?.aborted) throw abortError(signal);
    });
  });
}

/**
 * Copies a file of this machine's disk into the tree. It stands there whole, and resolves when it is durable; into a
 * draft, when it is there.
 */
export async function put(
  tree: Tree,
  uploads: EventEmitter<UploadEvents>,
  local: unknown,
  remote: unknown,
  options: unknown,
): Promise<void> {
  const source = asLocalPath(local);
  const target = new RemoteFile(tree, placeOf(tree, remote, 'remote'), asTransfer(options), true);
  const { signal, onProgress } = target.options;
  if (signal?.aborted) throw abortError(signal);
  const input = await disk.open(source, 'r');
  try {
    const { size } = await input.stat();
    await target.usingBeside(O_WRONLY | O_CREAT | O_EXCL, async (fd, settle) => {
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await input.read(chunk, 0, chunk.length, null);
        if (signal?.aborted) throw abortError(signal);
        if (bytesRead === 0) break;
        for (let done = 0; done < bytesRead; ) {
          const rest = chunk.subarray(done, bytesRead);
          done += await target.run('write', (op) => tree.kernel.write(op, fd, rest, null));
        }
      }
      await settle();
      const path = tree.mount.show(target.path);
      const hear = (event: UploadEvents['progress'][0]): void => {
        if (event.path === path && event.sent < event.size)
          onProgress({ bytes: event.sent, size: event.size });
      };
      uploads.on('progress', hear);
      try {
        await target.run('fsync', (op) => tree.kernel.fsync(op, fd));
      } finally {
        uploads.off('progress', hear);
      }
      onProgress({ bytes: size, size });
    });
  } finally {
    await input.close();
  }
}

interface CheckedOptions {
  readonly onProgress: (progress: TransferProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** A file of the tree by primitives, which leave at once when the signal aborts. */
class RemoteFile {
  private readonly explain: ReturnType<typeof explaining>;

  constructor(
    private readonly tree: Tree,
    private readonly place: Place,
    readonly options: CheckedOptions,
    isMade = false,
  ) {
    this.explain = explaining(place, isMade);
  }

  get path(): TreePath {
    return this.place.tree;
  }

  run<T>(syscall: string, run: (op: Operation) => T, signal = this.options.signal): Promise<T> {
    const { place, explain } = this;
    return this.tree.calls.drive(invoke({ syscall, path: place.given, signal, explain, run }));
  }

  failed(syscall: string, code: 'EISDIR', detail: string): Error {
    return systemError(new Failure(code, detail), { syscall, path: this.place.given });
  }

  async using(syscall: string, flags: number, use: (fd: number) => Promise<void>): Promise<void> {
    const fd = await this.run(syscall, (op) => this.tree.kernel.open(op, this.path, flags, 0o666));
    await cleaningUp(
      () => use(fd),
      () => this.close(fd),
    );
  }

  /** What is written isn't seen under its name, nor sent, before `settle`; where that isn't reached it is as if nothing was. */
  async usingBeside(
    flags: number,
    use: (fd: number, settle: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const beside = treePath(`${this.path}.${randomBytes(6).toString('hex')}.tmp`);
    let isSettled = false;
    const settle = async (): Promise<void> => {
      await this.run('rename', (op) => this.tree.kernel.rename(op, beside, this.path));
      isSettled = true;
    };
    const fd = await this.run('open', (op) => this.tree.kernel.open(op, beside, flags, 0o666));
    await cleaningUp(
      () => use(fd, settle),
      async () => {
        // Before it is closed: what is closed is sent.
        if (!isSettled) await this.run('unlink', (op) => this.tree.kernel.unlink(op, beside), NO_SIGNAL);
        await this.close(fd);
      },
    );
  }

  private close(fd: number): Promise<void> {
    return this.run('close', (op) => this.tree.kernel.close(op, fd), NO_SIGNAL);
  }
}

/** What is begun is ended, whoever gave up. */
const NO_SIGNAL = new AbortController().signal;

async function wholeFile(path: string, write: (output: disk.FileHandle) => Promise<void>): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const output = await disk.open(beside, 'wx');
  await cleaningUp(
    async () => {
      await cleaningUp(
        () => write(output),
        () => output.close(),
      );
      await disk.rename(beside, path);
    },
    // Once it is renamed there is nothing to remove.
    () => disk.rm(beside, { force: true }),
  );
}

async function cleaningUp(work: () => Promise<void>, clean: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    try {
      await clean();
    } catch (cleanError) {
      throw bothErrors(error, cleanError);
    }
    throw error;
  }
  await clean();
}

function asTransfer(options: unknown): CheckedOptions {
  const { onProgress, signal } = options === undefined ? {} : asObject(options, 'options');
  const tell = onProgress === undefined ? () => {} : asFunction(onProgress, 'options.onProgress');
  return { onProgress: (progress) => void tell(progress), signal: asSignal(signal, 'options.signal') };
}

/** A URL must be a file's. */
function asLocalPath(local: unknown): string {
  const isUrl = typeof local === 'object' && local !== null && 'href' in local;
  return isUrl ? fileURLToPath(String(local.href)) : asPath(local, 'local');
}
