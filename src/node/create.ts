import nodeFs from 'node:fs';
import type { Kernel } from '../kernel/syscalls.js';
import { callbackFace } from './callback.js';
import { Connection } from './connection.js';
import { Dir } from './dir.js';
import { named } from './face.js';
import type { StreamMakers } from './file-handle.js';
import { asSeconds } from './flags.js';
import { Mount, type MountOptions } from './paths.js';
import { promisesFace } from './promises.js';
import { rememberMount } from './remount.js';
import { type StreamFs, streamClasses } from './streams.js';
import { asyncDispose } from './symbols.js';
import { syncFace } from './sync.js';
import { fillMember, fillPromise, withTheRest } from './unsupported.js';
import { utf8Streams } from './utf8-stream.js';
import { emitUpload, type LazyTree, newUploads, type WandbControl, wandbControl } from './wandb.js';
import { watchFace } from './watching/face.js';

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
  return makeFace(new Connection(connect), appUrl, mountOptions);
}

function makeFace(connection: Connection, appUrl: () => string, options: MountOptions): WandbFs {
  const uploads = newUploads();
  const tree = treeOf(connection, new Mount(options), appUrl);
  connection.onUpload((event) => emitUpload(uploads, tree, event));
  const { ReadStream, WriteStream } = streamClasses(() => members as StreamFs);
  const streams = {
    createReadStream: (path: unknown, options?: unknown) => Reflect.construct(ReadStream, [path, options]),
    createWriteStream: (path: unknown, options?: unknown) => Reflect.construct(WriteStream, [path, options]),
  } satisfies StreamMakers;
  const promises = withTheRest(nodeFs.promises, promisesFace(tree, streams), fillPromise);
  const { constants } = nodeFs;

  const face = {
    ...callbackFace(tree),
    ...syncFace(tree),
    ...watchFace(tree),
    ...named(streams),
    ...utf8Streams((): object => members),
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
    ...withTheRest(nodeFs, face, fillMember),
    wandb,
    [asyncDispose]: wandb.close,
  };
  rememberMount(members, {
    mountPoint: tree.mount.show(tree.mount.top),
    at: (mountPoint) => makeFace(connection, appUrl, { ...options, mountPoint }),
  });
  // Each function checks its arguments itself and so takes anything; the compiler can't see Node's overloads in that.
  return members as unknown as WandbFs;
}

const treeOf = (connection: Connection, mount: Mount, appUrl: () => string): LazyTree => ({
  mount,
  appUrl,
  calls: connection.calls,
  changes: connection.changes,
  get made() {
    return connection.made;
  },
  get kernel() {
    return connection.kernel;
  },
  end: () => connection.end(),
});
