import type nodeFs from 'node:fs';
import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
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
] as const;

const OF_TWO_PATHS = ['copyFile', 'link', 'rename'] as const;

/** They come to a path. */
const TO_A_PATH = ['mkdir', 'realpath'] as const;

/** What Node asks of a provider in one style only, whatever the style of the call. */
const ONLY_SYNC = [
  'chmodSync',
  'chownSync',
  'lchmodSync',
  'lchownSync',
  'lutimesSync',
  'utimesSync',
] as const;

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

function byPath(place: () => Place): Methods {
  const methods: Methods = {};
  const add = (name: string, make: (style: Style) => AnyFunction): void => {
    methods[name] = async (...args) => await make('promise')(...args);
    methods[`${name}Sync`] = make('sync');
  };
  for (const name of OF_A_PATH) {
    add(name, (style) => (path, ...rest) => {
      const { fs, at } = place();
      return callOf(fs, name, style)(at(String(path)), ...rest);
    });
  }
  for (const name of OF_TWO_PATHS) {
    add(name, (style) => (from, to, ...rest) => {
      const { fs, at } = place();
      return callOf(fs, name, style)(at(String(from)), at(String(to)), ...rest);
    });
  }
  for (const name of TO_A_PATH) {
    const shown = (value: unknown, { back }: Place): unknown =>
      typeof value === 'string' ? back(value) : value;
    methods[name] = async (path, ...rest) => {
      const where = place();
      return shown(await callOf(where.fs, name, 'promise')(where.at(String(path)), ...rest), where);
    };
    methods[`${name}Sync`] = (path, ...rest) => {
      const where = place();
      return shown(callOf(where.fs, name, 'sync')(where.at(String(path)), ...rest), where);
    };
  }
  add('symlink', (style) => (target, path, ...rest) => {
    const { fs, at } = place();
    return callOf(fs, 'symlink', style)(target, at(String(path)), ...rest);
  });
  for (const name of [...ONLY_SYNC, 'watch', 'watchFile', 'unwatchFile'] as const) {
    methods[name] = (path, ...rest) => {
      const { fs, at } = place();
      return memberOf(fs, name)(at(String(path)), ...rest);
    };
  }
  methods.watchAsync = (path, ...rest) => {
    const { fs, at } = place();
    return callOf(fs, 'watch', 'promise')(at(String(path)), ...rest);
  };
  return methods;
}

function opening(place: () => Place): Methods {
  const handleOf = (fs: typeof nodeFs, fd: unknown, [path, flags, mode]: readonly unknown[]): VfsHandle =>
    new VfsHandle(fs, { fd: Number(fd), path: String(path), flags, mode });
  return {
    openSync: (...args) => {
      const { fs, at } = place();
      const [path, ...rest] = args;
      return handleOf(fs, memberOf(fs, 'openSync')(at(String(path)), ...rest), args);
    },
    open: async (...args) => {
      const { fs, at } = place();
      const [path, ...rest] = args;
      const fd = await new Promise((resolve, reject) => {
        const done = (error: unknown, opened: unknown): void => (error ? reject(error) : resolve(opened));
        memberOf(fs, 'open')(at(String(path)), ...rest, done);
      });
      return handleOf(fs, fd, args);
    },
  };
}

function listing(place: () => Place): Methods {
  return {
    readdir: async (path, options) => {
      const { fs, at } = place();
      const entries = await callOf(fs, 'readdir', 'promise')(at(String(path)), options);
      return isDetailed(options) && MAKES_NAMES_ANEW
        ? (entries as Dirent[]).map((entry) => namedFrom(at(String(path)), entry))
        : entries;
    },
    readdirSync: (path, options) => {
      const { fs, at } = place();
      const entries = callOf(fs, 'readdir', 'sync')(at(String(path)), options);
      return isDetailed(options)
        ? (entries as Dirent[]).map((entry) => namedFrom(at(String(path)), entry))
        : entries;
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

const isDetailed = (options: unknown): boolean =>
  (options as { readonly withFileTypes?: unknown } | undefined)?.withFileTypes === true;

/** Up to 26.11 Node did so for the sync call only. */
const [MAJOR = 0, MINOR = 0] = process.versions.node.split('.').map(Number);
const MAKES_NAMES_ANEW = MAJOR > 26 || (MAJOR === 26 && MINOR >= 12);

/** Node makes name and parent anew of a path below the directory that was listed. */
function namedFrom(directory: string, entry: Dirent): Dirent {
  entry.name = posix.relative(directory, posix.join(entry.parentPath, entry.name));
  return entry;
}

type Style = 'sync' | 'promise';

const callOf = (fs: typeof nodeFs, name: string, style: Style): AnyFunction =>
  style === 'sync' ? memberOf(fs, `${name}Sync`) : memberOf(fs.promises, name);

const memberOf = (fs: object, name: string): AnyFunction => Reflect.get(fs, name) as AnyFunction;
