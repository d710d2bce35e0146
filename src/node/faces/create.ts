import { Freshness } from '../../kernel/operation/operation.js';
import type { Kernel } from '../../kernel/syscalls.js';
import { nodeFs } from '../../platform/disk.js';
import { theGlobal } from '../../platform/realm.js';
import { notSupported } from '../arguments/errors.js';
import { Mount, type MountOptions } from '../arguments/paths.js';
import { type AheadOf, TreeAhead } from '../composites/ahead.js';
import type { Ahead } from '../composites/shared/lookahead.js';
import { Dir } from '../results/dir.js';
import { type StreamFs, streamMembers, utf8Streams } from '../streams/streams.js';
import { Connection, Tree } from '../tree.js';
import { type WandbControl, wandbControl } from '../wandb/control.js';
import { listed } from '../wandb/info.js';
import type { TreeEnd } from '../wandb/mirroring/tree-end.js';
import { watchFace } from '../watching/fs-watcher.js';
import { callbackFace } from './callback.js';
import { CONSTANTS } from './face.js';
import { asyncDispose, type LaterFs } from './node-version.js';
import { promisesFace } from './promises.js';
import { syncFace } from './sync.js';
import { fillMember, fillPromise, withTheRest } from './unsupported.js';

type NodeFs = typeof import('node:fs');

/** Node's `fs` over a tree of W&B; what is W&B's own is under `wandb`. */
export type WandbFs = NodeFs &
  LaterFs & {
    readonly wandb: WandbControl;
    /** Flushes and closes: `await using fs = createWandbFs()`. */
    readonly [Symbol.asyncDispose]: () => Promise<void>;
  };

export interface FsOptions extends MountOptions {
  /** Makes the kernel. Called at the first use that needs it, and again if it threw. */
  readonly connect: () => Kernel;
  /** Tells the user what no call can tell. @default `process.emitWarning` */
  readonly warn?: ((message: string) => void) | undefined;
  /** Tells of requests, retries and fallbacks. @default nobody */
  readonly debug?: ((message: string) => void) | undefined;
  /** The address of the W&B app, such as 'https://wandb.ai'. */
  readonly appUrl: () => string;
  /** Hears that it is closed. @default nobody */
  readonly onClose?: (() => void) | undefined;
  /** The other tree of the same server, for what is asked of both. @default there is none */
  readonly other?: (() => FsOptions) | undefined;
}

/**
 * Assembles an object of the shape of `node:fs`. All members are its own, enumerable and bound: tools spread it,
 * destructure it, test for members and replace them.
 */
export function makeFs(options: FsOptions): WandbFs {
  return makeFace(connectionOf(options), options);
}

const connectionOf = ({ connect, warn = warnProcess, debug }: FsOptions): Connection =>
  new Connection(connect, warn, debug);

const treeOf = (options: FsOptions, connection = connectionOf(options)): Tree =>
  new Tree(connection, new Mount(options), options.appUrl);

function otherTreeOf({ other }: FsOptions): Tree {
  if (other) return treeOf(other());
  throw notSupported('record', 'There is one tree only: give paths of it.');
}

const warnProcess = (message: string): void => process.emitWarning(message, 'WandbFsWarning');

function makeFace(connection: Connection, options: FsOptions): WandbFs {
  const tree = treeOf(options, connection);
  const face = makeMembers(tree, (): StreamFs => members as StreamFs);
  const promises = withTheRest(nodeFs.promises, face.promises, fillPromise);
  const wandb = wandbControl(tree, {
    self: () => members,
    endOf: (fs) => mountOf(fs)?.end ?? null,
    other: () => otherTreeOf(options),
    onClose: options.onClose,
  });
  const members = {
    ...withTheRest(nodeFs, { ...face, promises }, fillMember),
    wandb,
    [asyncDispose]: wandb.close,
  };
  mounted.set(members, {
    mountPoint: tree.mount.show(tree.mount.top),
    at: (mountPoint) => makeFace(connection, { ...options, mountPoint }),
    ahead: (of) => new TreeAhead(tree, new Freshness(), of),
    end: {
      wandb,
      hasDrafts: tree.mount.layout.shape.drafts !== null,
      listed: (path) => tree.calls.drive(listed(tree, path)),
    },
  });
  // Each function checks its arguments itself and so takes anything; the compiler can't see Node's overloads in that.
  return members as unknown as WandbFs;
}

/** How an fs object of ours can be seen at another place. Kept beside the objects: tools look at what is on them. */
export interface Mounted {
  /** The absolute, normalised path at which the tree is seen. */
  readonly mountPoint: string;
  /** Another face over the same kernel, with the same caches, fds and uploads. */
  readonly at: (mountPoint: string) => WandbFs;
  /** For who walks through it or copies out of it; other copies of this package may lack it. */
  readonly ahead?: ((of: AheadOf) => Ahead) | undefined;
  /** For who mirrors it; other copies of this package may lack it. */
  readonly end?: TreeEnd | undefined;
}

type Mounts = WeakMap<object, Mounted>;

/** Of all copies of this package in a thread, so that each takes the trees of the others. The number is its shape's. */
const MOUNTED = Symbol.for('wandb-fs.mounted.1');
theGlobal[MOUNTED] ??= new WeakMap() satisfies Mounts;
const mounted = theGlobal[MOUNTED] as Mounts;

/** Undefined for objects that this package didn't make, copies of those that it made included. */
export const mountOf = (fs: object): Mounted | undefined => mounted.get(fs);

/** `self` is the object that the members will be on: streams call what stands there when they are used. */
export function makeMembers(tree: Tree, self: () => StreamFs) {
  const streams = streamMembers(self);
  return {
    ...callbackFace(tree),
    ...syncFace(tree),
    ...watchFace(tree),
    ...streams,
    ...utf8Streams(self),
    Dir,
    Dirent: nodeFs.Dirent,
    Stats: nodeFs.Stats,
    ...CONSTANTS,
    promises: promisesFace(tree, streams),
  };
}
