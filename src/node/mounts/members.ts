import { nodeFs } from '../../platform/disk.js';
import { type AnyFunction, asFunction, isFunction } from '../arguments/validate.js';
import { driveAsync, driveSync } from '../composites/driver.js';
import { promisable } from '../faces/callback.js';
import { mountOf } from '../faces/create.js';
import { answer, CONSTANTS, named } from '../faces/face.js';
import { fillMember, fillPromise, withTheRest } from '../faces/unsupported.js';
import {
  isBorrowable,
  optionsOf,
  type StreamFs,
  type StreamMakers,
  streamMembers,
  utf8Streams,
} from '../streams/streams.js';
import { Filesystem, ITERABLES } from './filesystem.js';
import { OpenFiles, TreeFilesystem } from './open-files.js';
import { Router } from './router.js';
import { ROUTES, type Routed } from './routes.js';
import { MountTable } from './table.js';

type Members = Record<string | symbol, unknown>;

/** The members of an fs object over several trees and a base: own, enumerable and bound, as those of `makeFs()`. */
export function membersOf(
  trees: readonly { readonly prefix: string; readonly fs: object }[],
  baseFs: object,
): Members {
  const files = new OpenFiles();
  const base = new Filesystem(baseFs, false);
  const mounted = trees.map(({ prefix, fs }) => ({
    prefix,
    filesystem: new TreeFilesystem(fs, files, mountOf(fs)?.ahead),
  }));
  // Filled below: calls that take several filesystems make their steps through the members, as callers do.
  const members: Members = {};
  const whole = new Filesystem(members, false);
  const router = new Router(new MountTable(mounted, base), files, whole);
  return Object.assign(members, makeMembers(router, whole));
}

function makeMembers(router: Router, whole: Filesystem): Members {
  const sync: Face = (name, member) => syncFace(router, name, member);
  const callback: Face = (name, member) => promisable(name, callbackFace(router, name, member));
  const promise: Face = (name, member) => promiseFace(router, name, member);
  const promises = routedIn(nodeFs.promises, LATER.promises, promise);
  const routed = {
    ...routedIn(nodeFs, LATER.fs, callback),
    ...routedIn(nodeFs, LATER.fs, sync, 'Sync'),
  };
  Object.assign(routed.realpath as object, { native: callback('realpath.native', '') });
  Object.assign(routed.realpathSync as object, { native: sync('realpath.native', '') });
  const members = {
    ...routed,
    ...streamsOf(router, whole),
    ...utf8Streams(() => whole.fs),
    ...classesOf(router.table.base.fs),
    ...CONSTANTS,
    promises: withTheRest(nodeFs.promises, { ...promises, constants: nodeFs.constants }, fillPromise),
  };
  return withTheRest(nodeFs, members, fillMember);
}

/** Calls of newer versions of Node that are here on every one: the trees have them, whatever the base has. */
const LATER = {
  fs: ['glob', 'globSync', 'mkdtempDisposableSync', 'openAsBlobSync'],
  promises: ['glob', 'mkdtempDisposable'],
} as const;

/** Makes a function that has its member's name. */
type Face = (name: Routed, member: string) => AnyFunction;

/** A face of each routed call that this version of Node has in a style; one that it has not on this system isn't here. */
function routedIn(
  node: object,
  later: readonly string[],
  face: Face,
  suffix = '',
): Readonly<Record<string, AnyFunction | undefined>> {
  const isHere = (member: string): boolean => isFunction(Reflect.get(node, member)) || later.includes(member);
  return Object.fromEntries(
    (Object.keys(ROUTES) as Routed[])
      .map((name) => ({ name, member: `${name}${suffix}` }))
      .filter(({ member }) => member in node || isHere(member))
      .map(({ name, member }) => [member, isHere(member) ? face(name, member) : undefined]),
  );
}

const syncFace = (router: Router, name: Routed, member: string): AnyFunction =>
  ({
    [member]: (...args: unknown[]) => {
      const plan = router.plan(name, args);
      return 'work' in plan ? driveSync(plan.work) : plan.owner.sync(name, plan.args);
    },
  })[member] as AnyFunction;

const promiseFace = (router: Router, name: Routed, member: string): AnyFunction =>
  ({
    [member]: (...args: unknown[]) => {
      try {
        const plan = router.plan(name, args, 'promise');
        if (!('work' in plan)) return plan.owner.promise(name, plan.args);
        const result = driveAsync(plan.work);
        return name === 'glob' ? eachOf(result) : result;
      } catch (error) {
        return ITERABLES.includes(name) ? eachOf(Promise.reject(error)) : Promise.reject(error);
      }
    },
  })[member] as AnyFunction;

/** `promises.glob` and `promises.watch` give what `for await` takes, and fail at its first step. */
async function* eachOf(result: Promise<unknown>): AsyncGenerator<unknown, void> {
  yield* (await result) as Iterable<unknown>;
}

const callbackFace = (router: Router, name: Routed, member: string): AnyFunction =>
  ({
    [member]: (...args: unknown[]) => {
      const index = args.findLastIndex(isFunction);
      const plan = router.plan(name, index < 0 ? args : args.slice(0, index));
      // The owner checks the callback himself, and what stands in its place.
      if (!('work' in plan)) {
        return plan.owner.callback(name, index < 0 ? plan.args : [...plan.args, ...args.slice(index)]);
      }
      const done = asFunction(args[index], 'cb');
      const result = driveAsync(plan.work);
      if (name === 'exists') answer(result, (_error, isThere) => done(isThere));
      else answer(result, done);
      return undefined;
    },
  })[member] as AnyFunction;

/** The base's where it has them: most of what is made is the base's. */
const classesOf = (base: object): Members =>
  Object.fromEntries(
    ['Dir', 'Dirent', 'Stats'].map((name) => [name, Reflect.get(base, name) ?? Reflect.get(nodeFs, name)]),
  );

/** Node's own streams over the routed calls: all their options hold, whatever the base's own streams make of them. */
function streamsOf({ table, files }: Router, whole: Filesystem): Members {
  const streams = streamMembers((path, { fd }) => {
    if (isForeignHandle(fd)) return undefined;
    const isFd = fd !== undefined && fd !== null;
    const owner = isFd ? files.ownerOf(fd) : table.locate(path)?.owner;
    return operationsOf(whole, owner ?? table.base);
  });
  const makerOf = (name: keyof StreamMakers): AnyFunction =>
    // With Node's `new fs.createReadStream()` works, too.
    function make(path: unknown, options?: unknown) {
      const { fd } = optionsOf(options);
      // Only the filesystem that made a handle knows how to stream over it.
      return isForeignHandle(fd) ? table.base.callback(name, [path, options]) : streams[name](path, options);
    };
  const makers = {
    createReadStream: makerOf('createReadStream'),
    createWriteStream: makerOf('createWriteStream'),
  };
  return { ...streams, ...named(makers) };
}

const isForeignHandle = (fd: unknown): boolean => typeof fd === 'object' && fd !== null && !isBorrowable(fd);

/** `writev` only where the owner has it: a stream does without it otherwise. */
const operationsOf = (whole: Filesystem, owner: Filesystem): StreamFs =>
  Object.fromEntries(
    ['open', 'read', 'write', 'writev', 'fsync', 'close']
      .filter((name) => owner.has(name))
      .map((name) => [name, Reflect.get(whole.fs, name)]),
  );
