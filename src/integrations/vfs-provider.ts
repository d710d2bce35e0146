import type nodeFs from 'node:fs';
import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
import { promisify } from 'node:util';
import { VfsHandle } from './vfs-handle.js';
import type { VfsModule } from './vfs-module.js';

type AnyFunction = (...args: unknown[]) => unknown;

/** Where a tree is seen: `at` makes of a path of the provider one of `fs`, `back` the reverse. */
export interface Place {
  readonly fs: typeof nodeFs;
  readonly at: (path: string) => string;
  readonly back: (path: string) => string;
}

/** Their first argument is a path, and they come to what the provider's method of the name comes to. */
const OF_A_PATH = [
  'access',
  'appendFile',
  'lstat',
  'readFile',
  'readlink',
  'rmdir',
  'stat',
  'unlink',
  'writeFile',
];

const OF_TWO_PATHS = ['copyFile', 'link', 'rename'];

/** They come to a path. */
const TO_A_PATH = ['mkdir', 'realpath'];

/** What Node asks of a provider in one style only, whatever the style of the call. */
const ONLY_SYNC = ['chmodSync', 'chownSync', 'lchmodSync', 'lchownSync', 'lutimesSync', 'utimesSync'];

/**
 * A provider of `node:vfs`. Node's own default implementations are made of whole files in memory and swallow errors, so
 * every method is here.
 *
 * @param place is asked for at each call: Node mounts a provider without telling it where
 */
export function providerOf({ VirtualProvider }: VfsModule, place: () => Place): object {
  return Object.defineProperties(new VirtualProvider(), {
    ...Object.getOwnPropertyDescriptors({ ...byPath(place), ...opening(place), ...listing(place) }),
    readonly: { value: false },
    supportsSymlinks: { value: true },
  });
}

type Methods = Record<string, AnyFunction>;

/** @param paths which of the arguments are paths */
const callAt = (
  { at }: Place,
  call: AnyFunction,
  args: readonly unknown[],
  paths: readonly number[] = [0],
): unknown => call(...args.map((arg, index) => (paths.includes(index) ? at(String(arg)) : arg)));

const memberOf = (fs: object, name: string): AnyFunction => Reflect.get(fs, name) as AnyFunction;

const asIs = (value: unknown): unknown => value;

function byPath(place: () => Place): Methods {
  const methods: Methods = {};
  const add = (
    name: string,
    paths?: readonly number[],
    shown: (value: unknown, where: Place) => unknown = asIs,
  ): void => {
    methods[name] = async (...args) => {
      const where = place();
      return shown(await callAt(where, memberOf(where.fs.promises, name), args, paths), where);
    };
    methods[`${name}Sync`] = (...args) => {
      const where = place();
      return shown(callAt(where, memberOf(where.fs, `${name}Sync`), args, paths), where);
    };
  };
  const shownPath = (value: unknown, { back }: Place): unknown =>
    typeof value === 'string' ? back(value) : value;
  for (const name of OF_A_PATH) add(name);
  for (const name of OF_TWO_PATHS) add(name, [0, 1]);
  for (const name of TO_A_PATH) add(name, [0], shownPath);
  add('symlink', [1]);
  for (const name of [...ONLY_SYNC, 'watch', 'watchFile', 'unwatchFile']) {
    methods[name] = (...args) => {
      const where = place();
      return callAt(where, memberOf(where.fs, name), args);
    };
  }
  methods.watchAsync = (...args) => {
    const where = place();
    return callAt(where, memberOf(where.fs.promises, 'watch'), args);
  };
  return methods;
}

function opening(place: () => Place): Methods {
  const handleOf = (fs: typeof nodeFs, fd: unknown, [path, flags, mode]: readonly unknown[]): VfsHandle =>
    new VfsHandle(fs, Number(fd), String(path), flags, mode);
  return {
    openSync: (...args) => {
      const where = place();
      return handleOf(where.fs, callAt(where, memberOf(where.fs, 'openSync'), args), args);
    },
    open: async (...args) => {
      const where = place();
      return handleOf(where.fs, await callAt(where, promisify(memberOf(where.fs, 'open')), args), args);
    },
  };
}

function listing(place: () => Place): Methods {
  return {
    readdir: async (...args) => {
      const where = place();
      const entries = await callAt(where, memberOf(where.fs.promises, 'readdir'), args);
      return MAKES_NAMES_ANEW ? named(entries, args, where) : entries;
    },
    readdirSync: (...args) => {
      const where = place();
      return named(callAt(where, memberOf(where.fs, 'readdirSync'), args), args, where);
    },
    exists: async (path) => existsSync(place(), String(path)),
    existsSync: (path) => existsSync(place(), String(path)),
  };
}

/**
 * Node asks this before most of its sync calls, and takes no for ENOENT. So only what isn't there isn't: what can't be
 * told counts as there, and the call behind it fails with the reason.
 */
function existsSync({ fs, at }: Place, path: string): boolean {
  try {
    fs.statSync(at(path));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

/** Up to 26.11 Node did so for the sync call only. */
const [MAJOR = 0, MINOR = 0] = process.versions.node.split('.').map(Number);
const MAKES_NAMES_ANEW = MAJOR > 26 || (MAJOR === 26 && MINOR >= 12);

/** Node makes name and parent anew of a path below the directory that was listed. */
function named(entries: unknown, [path, options]: readonly unknown[], { at }: Place): unknown {
  const { withFileTypes } = Object(options) as { readonly withFileTypes?: unknown };
  if (withFileTypes !== true) return entries;
  for (const entry of entries as Dirent[])
    entry.name = posix.relative(at(String(path)), posix.join(entry.parentPath, entry.name));
  return entries;
}
