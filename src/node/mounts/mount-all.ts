import { EventEmitter } from 'node:events';
import { posix } from 'node:path';
import { bothErrors } from '../arguments/errors.js';
import { invalidArgumentType, invalidArgumentValue } from '../arguments/refusals.js';
import { asObject, isFunction } from '../arguments/validate.js';
import { mountOf, type WandbFs } from '../faces/create.js';
import { asyncDispose, type LaterFs } from '../faces/node-version.js';
import type { UploadEvents } from '../wandb/uploads.js';
import { membersOf } from './members.js';

type NodeFs = typeof import('node:fs');

/** What concerns all the trees of a `mountAll()`. */
export interface MountsControl {
  /** Resolves when everything written so far to any tree is durable; rejects with EIO that names what failed. */
  flush(): Promise<void>;
  /** Blocks until everything written so far to any tree is durable. */
  flushSync(): void;
  /** Closes every tree, under all the fs objects that show it. The base stays open. */
  close(): Promise<void>;
  /** The uploads of all trees, with the paths at which they are mounted here. */
  readonly uploads: EventEmitter<Omit<UploadEvents, 'idle'>>;
}

/** Node's `fs` over several trees and a base. */
export type MountedFs = NodeFs &
  LaterFs & {
    readonly wandb: MountsControl;
    /** Flushes and closes the trees. */
    readonly [Symbol.asyncDispose]: () => Promise<void>;
  };

/**
 * Mounts trees into another filesystem: a path at or below a prefix is its tree's, and every other path the base's.
 * Whose a path is is told from its text; nobody is asked for what isn't his.
 *
 * ```js
 * const fs = mountAll({ '/wandb/runs': createWandbFs() }, nodeFs);
 * ```
 *
 * @param trees The trees by their prefixes. A prefix is absolute and normalised, and isn't '/'; of nested ones the
 *   longest wins. A tree whose `mountPoint` is '/' (the default) is shown under its prefix through a face of its own;
 *   the object that was given goes on showing it, over the same caches, fds and uploads.
 * @param base What all other paths belong to, such as `node:fs`, a volume of memfs or a union. Members that it lacks
 *   fail with ENOTSUP.
 * @throws TypeError for a prefix that can't be one, for a tree that this package didn't make or that is mounted
 *   elsewhere, and for a base that is no fs object.
 */
export function mountAll(trees: Readonly<Record<string, WandbFs>>, base: NodeFs): MountedFs {
  const faces = Object.entries(asObject(trees, 'trees')).map(([prefix, tree]) => ({
    prefix,
    fs: faceAt(prefix, tree),
  }));
  const members = membersOf(faces, asBase(base));
  const wandb = controlOf(faces.map(({ fs }) => fs));
  Object.assign(members, { wandb, [asyncDispose]: wandb.close });
  // Each call goes to a filesystem that checks it; the compiler can't see Node's overloads in that.
  return members as unknown as MountedFs;
}

function faceAt(prefix: string, tree: unknown): WandbFs {
  const name = `trees['${prefix}']`;
  if (!posix.isAbsolute(prefix) || prefix === '/' || posix.resolve(prefix) !== prefix) {
    const reason = "must have a prefix that is absolute, normalised and not '/', such as '/wandb/runs'";
    throw invalidArgumentValue(name, prefix, reason);
  }
  const mounted = typeof tree === 'object' && tree !== null ? mountOf(tree) : undefined;
  if (mounted === undefined) {
    throw invalidArgumentType(name, 'an fs object of createWandbFs(), as it was made and no copy', tree);
  }
  if (mounted.mountPoint === prefix) return tree as WandbFs;
  if (mounted.mountPoint === '/') return mounted.at(prefix);
  const reason = `must be a tree without a mountPoint, or with the mountPoint '${prefix}'`;
  throw invalidArgumentValue(name, mounted.mountPoint, reason);
}

function asBase(base: unknown): object {
  if (typeof base === 'object' && base !== null && isFunction(Reflect.get(base, 'open'))) return base;
  throw invalidArgumentType('base', 'an object of the shape of node:fs', base);
}

function controlOf(trees: readonly WandbFs[]): MountsControl {
  const uploads: MountsControl['uploads'] = new EventEmitter();
  for (const { wandb } of trees) {
    wandb.uploads.on('progress', (event) => uploads.emit('progress', event));
    wandb.uploads.on('uploaded', (event) => uploads.emit('uploaded', event));
    wandb.uploads.on('failed', (event) => uploads.emit('failed', event));
  }
  const all = async (name: 'flush' | 'close'): Promise<void> => {
    const results = await Promise.allSettled(trees.map(({ wandb }) => wandb[name]()));
    throwAny(results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])));
  };
  return {
    flush: () => all('flush'),
    flushSync: () => throwAny(trees.flatMap(({ wandb }) => failureOf(wandb.flushSync))),
    close: () => all('close'),
    uploads,
  };
}

function failureOf(action: () => void): readonly unknown[] {
  try {
    action();
    return [];
  } catch (error) {
    return [error];
  }
}

/** All trees are served whatever befalls one; then every failure is told. */
function throwAny(errors: readonly unknown[]): void {
  if (errors.length > 0) throw errors.reduce(bothErrors);
}
