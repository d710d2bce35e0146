import nodeFs from 'node:fs';
import { promisify } from 'node:util';
import { type AnyFunction, asFunction, asSeconds, type Bag, isFunction } from '../arguments/validate.js';
import { driveAsync, driveSync } from '../composites/driver.js';
import { withPromiseOf } from '../faces/callback.js';
import { answer, named } from '../faces/face.js';
import { fillMember, fillPromise, withTheRest } from '../faces/unsupported.js';
import { isBorrowable, type StreamFs, streamClasses, utf8Streams } from '../streams/streams.js';
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
  const mounted = trees.map(({ prefix, fs }) => ({ prefix, filesystem: new TreeFilesystem(fs, files) }));
  // Filled below: calls that take several filesystems make their steps through the members, as callers do.
  const members: Members = {};
  const whole = new Filesystem(members, false);
  const router = new Router(new MountTable(mounted, base), files, whole);
  return Object.assign(members, makeMembers(router, whole));
}

function makeMembers(router: Router, whole: Filesystem): Members {
  const { sync, callback, promise } = facesOf(router);
  const { constants } = nodeFs;
  const promises = { ...named(routedIn(nodeFs.promises, LATER.promises, promise)), constants };
  const routed = {
    ...named(routedIn(nodeFs, LATER.fs, callback)),
    ...named(routedIn(nodeFs, LATER.fs, sync, 'Sync')),
  };
  Object.assign(routed.realpath as object, { native: callback('realpath.native') });
  Object.assign(routed.realpathSync as object, { native: sync('realpath.native') });
  const members = {
    ...routed,
    ...streamMembers(router, whole),
    ...utf8Streams(() => whole.fs),
    ...classesOf(router.table.base.fs),
    F_OK: constants.F_OK,
    R_OK: constants.R_OK,
    W_OK: constants.W_OK,
    X_OK: constants.X_OK,
    _toUnixTimestamp: asSeconds,
    constants,
    promises: withTheRest(nodeFs.promises, promises, fillPromise),
  };
  return withTheRest(nodeFs, members, fillMember);
}

/** Calls of newer versions of Node that are here on every one: the trees have them, whatever the base has. */
const LATER = {
  fs: ['glob', 'globSync', 'mkdtempDisposableSync', 'openAsBlobSync'],
  promises: ['glob', 'mkdtempDisposable'],
} as const;

/** A face of each routed call that this version of Node has in a style; one that it has not on this system isn't here. */
function routedIn(
  node: object,
  later: readonly string[],
  face: (name: Routed) => AnyFunction,
  suffix = '',
): Readonly<Record<string, AnyFunction | undefined>> {
  const isHere = (member: string): boolean => isFunction(Reflect.get(node, member)) || later.includes(member);
  return Object.fromEntries(
    (Object.keys(ROUTES) as Routed[])
      .map((name) => ({ name, member: `${name}${suffix}` }))
      .filter(({ member }) => member in node || isHere(member))
      .map(({ name, member }) => [member, isHere(member) ? face(name) : undefined]),
  );
}

/** The three styles of each call, made from its route. */
interface Faces {
  readonly sync: (name: Routed) => AnyFunction;
  readonly callback: (name: Routed) => AnyFunction;
  readonly promise: (name: Routed) => AnyFunction;
}

function facesOf(router: Router): Faces {
  return {
    sync:
      (name) =>
      (...args) => {
        const plan = router.plan(name, args);
        return 'work' in plan ? driveSync(plan.work) : plan.owner.sync(name, plan.args);
      },
    callback: (name) => promisable(name, callbackFace(router, name)),
    promise:
      (name) =>
      (...args) => {
        try {
          const plan = router.plan(name, args, 'promise');
          if (!('work' in plan)) return plan.owner.promise(name, plan.args);
          const result = driveAsync(plan.work);
          return name === 'glob' ? eachOf(result) : result;
        } catch (error) {
          return ITERABLES.includes(name) ? eachOf(Promise.reject(error)) : Promise.reject(error);
        }
      },
  };
}

/** `promises.glob` and `promises.watch` give what `for await` takes, and fail at its first step. */
async function* eachOf(result: Promise<unknown>): AsyncGenerator<unknown, void> {
  yield* (await result) as Iterable<unknown>;
}

function callbackFace(router: Router, name: Routed): AnyFunction {
  return (...args) => {
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
  };
}

/** What `util.promisify` makes of those whose callbacks take other than an error and one value. */
function promisable(name: Routed, face: AnyFunction): AnyFunction {
  switch (name) {
    case 'exists': {
      const exists = (path: unknown) => new Promise((resolve) => face(path, resolve));
      return Object.defineProperty(face, promisify.custom, { value: exists });
    }
    case 'read':
      return withPromiseOf(face, 'bytesRead', 'buffer');
    case 'write':
      return withPromiseOf(face, 'bytesWritten', 'buffer');
    case 'readv':
      return withPromiseOf(face, 'bytesRead', 'buffers');
    case 'writev':
      return withPromiseOf(face, 'bytesWritten', 'buffers', 'buffer');
    default:
      return face;
  }
}

/** The base's where it has them: most of what is made is the base's. */
const classesOf = (base: object): Members =>
  Object.fromEntries(
    ['Dir', 'Dirent', 'Stats'].map((name) => [name, Reflect.get(base, name) ?? Reflect.get(nodeFs, name)]),
  );

/** Node's own streams over the routed calls: all their options hold, whatever the base's own streams make of them. */
function streamMembers({ table, files }: Router, whole: Filesystem): Members {
  const { ReadStream, WriteStream } = streamClasses((path, { fd }) => {
    if (isForeignHandle(fd)) return undefined;
    const isFd = fd !== undefined && fd !== null;
    const owner = isFd ? files.ownerOf(fd) : table.locate(path)?.owner;
    return operationsOf(whole, owner ?? table.base);
  });
  const maker =
    (name: string, Stream: AnyFunction): AnyFunction =>
    (path, options) => {
      const { fd } = (options ?? {}) as Bag;
      // Only the filesystem that made a handle knows how to stream over it.
      if (isForeignHandle(fd)) return table.base.callback(name, [path, options]);
      return Reflect.construct(Stream, [path, options]);
    };
  return {
    ...named({
      createReadStream: maker('createReadStream', ReadStream),
      createWriteStream: maker('createWriteStream', WriteStream),
    }),
    ReadStream,
    WriteStream,
    FileReadStream: ReadStream,
    FileWriteStream: WriteStream,
  };
}

const isForeignHandle = (fd: unknown): boolean => typeof fd === 'object' && fd !== null && !isBorrowable(fd);

/** `writev` only where the owner has it: a stream does without it otherwise. */
const operationsOf = (whole: Filesystem, owner: Filesystem): StreamFs =>
  Object.fromEntries(
    ['open', 'read', 'write', 'writev', 'fsync', 'close']
      .filter((name) => owner.has(name))
      .map((name) => [name, Reflect.get(whole.fs, name)]),
  );
