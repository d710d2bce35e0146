import nodeFs from 'node:fs';
import type { Kernel } from '../kernel/syscalls.js';
import { Failure } from '../store/failure.js';
import { callbackFace } from './callback.js';
import { Calls } from './calls.js';
import { Dir } from './dir.js';
import { named } from './face.js';
import type { StreamMakers } from './file-handle.js';
import { asSeconds } from './flags.js';
import { Mount, type MountOptions } from './paths.js';
import { promisesFace } from './promises.js';
import { type StreamFs, streamClasses } from './streams.js';
import { asyncDispose } from './symbols.js';
import { syncFace } from './sync.js';
import {
  unsupportedCallback,
  unsupportedIterable,
  unsupportedPromise,
  unsupportedSync,
} from './unsupported.js';
import { emitUpload, type LazyTree, newUploads, type WandbControl, wandbControl } from './wandb.js';

type NodeFs = typeof import('node:fs');

/** @types/node declares this as a class; no version of Node exports it. */
type NeverThere = 'StatsFs';

/** Node's `fs` over a tree of W&B; what is W&B's own is under `wandb`. */
export type WandbFs = NodeFs & {
  readonly wandb: WandbControl;
  /** Flushes and closes: `await using fs = createWandbFs()`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export interface FsOptions extends MountOptions {
  /** Mounts the remote. Called at the first use that needs it, and again if it threw. */
  readonly connect: () => Kernel;
  /** The address of the W&B app, such as 'https://wandb.ai'. */
  readonly appUrl: () => string;
}

/**
 * Assembles an object of the shape of `node:fs`. All members are its own, enumerable and bound: tools spread it,
 * destructure it, test for members and replace them.
 */
export function makeFs({ connect, appUrl, ...mountOptions }: FsOptions): WandbFs {
  const uploads = newUploads();
  const tree = lazyTree(new Mount(mountOptions), appUrl, () => {
    const kernel = connect();
    kernel.onUpload((event) => emitUpload(uploads, tree, event));
    return kernel;
  });
  const { ReadStream, WriteStream } = streamClasses(() => members as StreamFs);
  const streams = {
    createReadStream: (path: unknown, options?: unknown) => Reflect.construct(ReadStream, [path, options]),
    createWriteStream: (path: unknown, options?: unknown) => Reflect.construct(WriteStream, [path, options]),
  } satisfies StreamMakers;
  const promises = withTheRest(nodeFs.promises, promisesFace(tree, streams), promiseFiller);
  const { constants } = nodeFs;

  const face = {
    ...callbackFace(tree),
    ...syncFace(tree),
    ...named(streams),
    openAsBlob: unsupportedPromise('openAsBlob'),
    statfs: unsupportedCallback('statfs'),
    statfsSync: unsupportedSync('statfsSync'),
    unwatchFile: unsupportedCallback('unwatchFile'),
    watch: unsupportedCallback('watch'),
    watchFile: unsupportedCallback('watchFile'),
    Dir,
    Dirent: nodeFs.Dirent,
    Stats: nodeFs.Stats,
    ReadStream,
    WriteStream,
    FileReadStream: ReadStream,
    FileWriteStream: WriteStream,
    _toUnixTimestamp: asSeconds,
    F_OK: constants.F_OK,
    R_OK: constants.R_OK,
    W_OK: constants.W_OK,
    X_OK: constants.X_OK,
    constants,
    promises,
  } satisfies Record<Exclude<keyof NodeFs, NeverThere>, unknown> & Record<string, unknown>;

  const wandb = wandbControl(tree, uploads);
  const members = {
    ...withTheRest(nodeFs, face, filler),
    wandb,
    [asyncDispose]: wandb.close,
  };
  // Each function checks its arguments itself and so takes anything; the compiler can't see Node's overloads in that.
  return members as unknown as WandbFs;
}

function lazyTree(mount: Mount, appUrl: () => string, connect: () => Kernel): LazyTree {
  let made: Kernel | null = null;
  let isEnded = false;
  return {
    mount,
    appUrl,
    calls: new Calls(),
    get made() {
      return made;
    },
    get kernel() {
      if (isEnded) throw new Failure('EBADF', 'This fs object was closed; create another one.');
      made ??= connect();
      return made;
    },
    end() {
      isEnded = made === null;
    },
  };
}

/**
 * Adds what this version of Node has and we don't: a member that is missing from `{...nodeFs, ...wandbFs}` would work
 * on the real disk without a word.
 */
function withTheRest<T extends object>(node: object, ours: T, fill: (name: string) => unknown): T {
  const rest = Object.keys(node).filter((name) => !(name in ours));
  return { ...ours, ...Object.fromEntries(rest.map((name) => [name, fill(name)])) };
}

function filler(name: string): unknown {
  // Upper case: a class, or a constant that Node has moved to `constants`.
  if (name.endsWith('Sync') || /^[A-Z]/.test(name)) return unsupportedSync(name);
  return unsupportedCallback(name);
}

const promiseFiller = (name: string): unknown =>
  name === 'watch' || name === 'glob' ? unsupportedIterable(name) : unsupportedPromise(name);
