import type { Stats } from 'node:fs';
import { notSupported } from '../arguments/errors.js';
import { type AnyFunction, isFunction } from '../arguments/validate.js';
import type { AheadOf } from '../composites/ahead.js';
import { type Composite, callOutside } from '../composites/driver.js';
import type { Ahead } from '../composites/shared/lookahead.js';
import type { Seen } from '../composites/shared/steps.js';
import { kindOf } from '../results/dirents.js';

/** These promises are iterables: there is no callback that could stand for them. */
export const ITERABLES: readonly string[] = ['glob', 'watch'];

/** One of the filesystems that are mounted together: the members of its fs object, called in the three styles. */
export class Filesystem {
  constructor(
    readonly fs: object,
    /** Made by this package: its directories and files aren't those of a disk. */
    readonly isTree: boolean,
  ) {}

  /** Asks for what lies ahead of who copies out of it; null where nothing takes time. */
  ahead(_of: AheadOf): Ahead | null {
    return null;
  }

  has(name: string): boolean {
    return isFunction(memberOf(this.fs, name));
  }

  sync(name: string, args: readonly unknown[]): unknown {
    return this.#call(name.replace(/^\w+/, '$&Sync'), args);
  }

  /** `args` with their callback. */
  callback(name: string, args: readonly unknown[]): unknown {
    return this.#call(name, args);
  }

  /** In the promise style; with a callback turned into a promise where that is all there is, as in unionfs. */
  promise(name: string, args: readonly unknown[]): unknown {
    const promises: unknown = Reflect.get(this.fs, 'promises');
    const member = typeof promises === 'object' && promises !== null ? memberOf(promises, name) : undefined;
    if (isFunction(member)) return member.apply(promises, [...args]);
    if (ITERABLES.includes(name)) throw missing(`promises.${name}`, args);
    return this.promisified(name, args);
  }

  /** The callback style as a promise of the first value. */
  promisified(name: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.callback(name, [
        ...args,
        (error: unknown, value: unknown) => {
          if (error) reject(error);
          else resolve(value);
        },
      ]);
    });
  }

  /** Looks the member up at each call, for tools replace members, and calls it on its object: it may be a class's. */
  #call(name: string, args: readonly unknown[]): unknown {
    const member = memberOf(this.fs, name);
    if (!isFunction(member)) throw missing(name, args);
    return member.apply(this.fs, [...args]);
  }
}

/** A step of a call that one filesystem alone can't do. */
export const call = <T>(on: Filesystem, name: string, ...args: readonly unknown[]): Composite<T> =>
  callOutside({ now: () => on.sync(name, args), later: () => on.promisified(name, args) });

export const seenOf = (stats: Stats): Seen => {
  const { dev, ino, mode, nlink, size, atimeMs, mtimeMs } = stats;
  return { kind: kindOf(stats), dev, ino, mode, nlink, size, atimeMs, mtimeMs };
};

/** 'realpath.native' is a member of a member. */
function memberOf(object: object, name: string): AnyFunction | undefined {
  const [first = '', second] = name.split('.');
  const member: unknown = Reflect.get(object, first);
  if (!isFunction(member)) return undefined;
  const found: unknown = second === undefined ? member : Reflect.get(member, second);
  return isFunction(found) ? found : undefined;
}

const missing = (name: string, [path]: readonly unknown[]): Error =>
  notSupported(name, "The filesystem of this path doesn't have this call.", path);
