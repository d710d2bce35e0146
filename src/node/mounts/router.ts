import type { Stats } from 'node:fs';
import { posix } from 'node:path';
import { failure, retold, type SystemCall } from '../arguments/errors.js';
import { asBits } from '../arguments/validate.js';
import { type Composite, callOutside, orNothing } from '../composites/driver.js';
import { cpOver } from '../composites/shared/cp.js';
import { asCpSettings } from '../composites/shared/cp-settings.js';
import { globAcross, WholeSteps } from './across.js';
import { copyAcross } from './copy.js';
import { call, type Filesystem } from './filesystem.js';
import type { OpenFiles } from './open-files.js';
import { type Naming, ROUTES, type Route, type Routed } from './routes.js';
import type { Located, MountTable } from './table.js';

/** A call that one filesystem does alone, as it was made but for its paths. */
export interface Direct {
  readonly owner: Filesystem;
  readonly args: readonly unknown[];
}

/** A call that takes several, or none. */
export interface Shared {
  readonly work: Composite<unknown>;
}

export type Plan = Direct | Shared;

/** Where the callback style gives an fd, `promises.open` gives a handle. */
type Style = 'fs' | 'promise';

interface Asked {
  readonly style: Style;
  readonly name: Routed;
  readonly route: Route;
  readonly args: readonly unknown[];
}

const IS_MOUNTED = 'Something is mounted there or below it.';
const TWO_FILESYSTEMS = 'The paths lie in two filesystems.';

/** Decides who does a call. Arguments that name nothing go to the base, which refuses them in its own words. */
export class Router {
  readonly #planners: Readonly<Record<Naming, (asked: Asked) => Plan>> = {
    path: (asked) => this.#byPath(asked),
    file: (asked) => this.#byFile(asked),
    fd: ({ args }) => ({ owner: this.files.ownerOf(args[0]) ?? this.table.base, args }),
    pair: (asked) => this.#byPair(asked),
    link: (asked) => this.#byLink(asked),
    prefix: (asked) => this.#byPath(asked, 0, 'XXXXXX'),
    pattern: ({ args }) => this.#byPattern(args),
  };

  readonly #steps: WholeSteps;

  constructor(
    readonly table: MountTable,
    readonly files: OpenFiles,
    /** All filesystems as one: the fs object that this decides for. */
    whole: Filesystem,
  ) {
    this.#steps = new WholeSteps(table, whole);
  }

  /** `args` without a callback. */
  plan(name: Routed, args: readonly unknown[], style: Style = 'fs'): Plan {
    const route: Route = ROUTES[name];
    return this.#planners[route.by]({ name, style, route, args });
  }

  #byFile(asked: Asked): Plan {
    const owner = this.files.ownerOf(asked.args[0]);
    return owner ? { owner, args: asked.args } : this.#byPath(asked);
  }

  #byPath(asked: Asked, index = 0, suffix = ''): Plan {
    const { name, route, args } = asked;
    const at = this.table.locate(args[index], suffix);
    if (at === null) return { owner: this.table.base, args };
    if (route.refused && (at.isMountPoint || at.isAbove)) {
      return failing(failure(route.refused, { syscall: name, path: at.given }, IS_MOUNTED));
    }
    const direct: Direct = { owner: at.owner, args: args.with(index, at.argument) };
    const { merged, virtual } = route;
    if (merged && (at.isAbove || !at.owner.has(name))) return { work: merged(this.table, at, args) };
    if (at.isAbove && virtual) {
      return { work: aboveMounts(at, finalCall(asked, direct), () => virtual(at, args.slice(index))) };
    }
    // Where nothing is mounted nobody but the owner looks at the options.
    if (!this.#isBesideMount(at)) return direct;
    return route.creates?.(args.slice(index)) ? this.#making(asked, at, direct) : direct;
  }

  #byPair(asked: Asked): Plan {
    const { name, route, args } = asked;
    const [from, to] = [this.table.locate(args[0]), this.table.locate(args[1])];
    if (from === null || to === null) return { owner: this.table.base, args };
    const told = { syscall: route.syscall ?? name, path: from.given, dest: to.given };
    const isAtMount = from.isMountPoint || from.isAbove || to.isMountPoint || to.isAbove;
    const isAcross = from.owner !== to.owner;
    const direct: Direct = { owner: from.owner, args: [from.argument, to.argument, ...args.slice(2)] };
    if (name === 'cp') {
      if (!isAcross && !from.isAbove && !to.isAbove && from.owner.has('cp')) return direct;
      return { work: cpOver(this.#steps, from.given, to.given, asCpSettings(args[2])) };
    }
    if (isAtMount) {
      const code = name === 'copyFile' ? 'EISDIR' : name === 'link' ? 'EPERM' : 'EBUSY';
      return failing(failure(code, told, IS_MOUNTED));
    }
    if (!isAcross) return this.#making(asked, to, direct);
    if (name !== 'copyFile') {
      const error = failure('EXDEV', told, TWO_FILESYSTEMS);
      return name === 'link' ? { work: refusedBehind(from, error, told) } : failing(error);
    }
    const bits = asBits(args[2]);
    return { work: inDirectory(this.table, to, copyAcross(from, to, bits)) };
  }

  /** A link is its own filesystem's, and can lead nowhere else: who follows it asks that one alone. */
  #byLink(asked: Asked): Plan {
    const { args } = asked;
    const at = this.table.locate(args[1]);
    const target = this.table.locate(args[0]);
    if (at === null || target === null) return { owner: this.table.base, args };
    const told = { syscall: 'symlink', path: target.given, dest: at.given };
    if (at.isMountPoint || at.isAbove) return failing(failure('EEXIST', told));
    const end = this.table.locate(posix.resolve(posix.dirname(at.path), target.given));
    if (end?.owner !== at.owner) {
      const detail = 'A symbolic link leads to its own filesystem only.';
      return failing(failure('EXDEV', told, detail));
    }
    return this.#byPath(asked, 1);
  }

  #byPattern(args: readonly unknown[]): Plan {
    const work = globAcross(this.#steps, args);
    return work ? { work } : { owner: this.table.base, args };
  }

  #isBesideMount(at: Located): boolean {
    return this.table.isAbove(posix.dirname(at.path)) && !at.isMountPoint;
  }

  #making(asked: Asked, at: Located, direct: Direct): Plan {
    if (!this.#isBesideMount(at)) return direct;
    return { work: inDirectory(this.table, at, finalCall(asked, direct)) };
  }
}

/** The caller's own call, in his style. */
const finalCall = ({ name, style }: Asked, { owner, args }: Direct): Composite<unknown> =>
  callOutside({
    now: () => owner.sync(name, args),
    later: () => (style === 'promise' ? owner.promise(name, args) : owner.promisified(name, args)),
  });

// biome-ignore lint/correctness/useYield: a call that nobody need be asked for.
function* failed(error: Error): Composite<never> {
  throw error;
}

/** Fails in the style of the call: thrown, rejected, or called back. */
const failing = (error: Error): Shared => ({ work: failed(error) });

/** As the system tells it: what has no name yet can't get another one anywhere. */
function* refusedBehind({ owner, argument }: Located, error: Error, told: SystemCall): Composite<never> {
  try {
    yield* call(owner, 'lstat', argument);
  } catch (missing) {
    throw retold(missing, told);
  }
  throw error;
}

/** What the owner has in a directory's place is asked; where he has no directory it is there all the same. */
function* aboveMounts(
  { owner, argument }: Located,
  own: Composite<unknown>,
  answer: () => unknown,
): Composite<unknown> {
  return (yield* hasDirectory(owner, argument)) ? yield* own : answer();
}

/** Does what makes an entry in a directory above mount points; its owner is given the directory if he has none. */
function* inDirectory(table: MountTable, at: Located, work: Composite<unknown>): Composite<unknown> {
  const parent = posix.dirname(at.path);
  if (table.isAbove(parent) && !(yield* hasDirectory(at.owner, parent))) {
    yield* call(at.owner, 'mkdir', parent, { recursive: true });
  }
  return yield* work;
}

function* hasDirectory(owner: Filesystem, path: unknown): Composite<boolean> {
  const stats = yield* orNothing(call<Stats>(owner, 'stat', path), null);
  return stats?.isDirectory() ?? false;
}
