import type { BigIntStats, Stats } from 'node:fs';
import type { Attributes } from '../../kernel/syscalls.js';
import { nodeFs } from '../../platform/disk.js';
import { RealDate } from '../../platform/time.js';
import { addressOf } from '../../threads/thread-file.js';

/**
 * Stats that Node has made: they show what it doesn't export. Made of this file, which may be read wherever it was loaded,
 * also under the permission model; where a bundler has taken it elsewhere, of an open descriptor.
 */
function shown({ bigint }: { readonly bigint: boolean }): object {
  const file = new URL(addressOf(import.meta.url));
  const ways = [
    (): object => (bigint ? nodeFs.statSync(file, { bigint }) : nodeFs.statSync(file)),
    ...[0, 1, 2].map((fd) => (): object => nodeFs.fstatSync(fd, { bigint })),
  ];
  const failures: unknown[] = [];
  for (const way of ways) {
    try {
      return way();
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(
    failures,
    `wandb-fs needs leave to read its own file: --allow-fs-read=${file.pathname}`,
  );
}

/** Asked for by the first stat: loading the package reads nothing. */
function atFirstUse<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * Stats stand on Node's own prototypes: `instanceof fs.Stats` holds and the `is…()` methods are Node's. Node's
 * constructors are deprecated and take other arguments in every major version, so these set the fields themselves.
 */
type Fill<F> = (this: F, attributes: Attributes) => void;

function constructorOf<F>(fill: Fill<F>, prototype: object): new (attributes: Attributes) => F {
  fill.prototype = prototype;
  return fill as unknown as new (
    attributes: Attributes,
  ) => F;
}

type Fields<T> = { -readonly [K in keyof T as T[K] extends () => boolean ? never : K]: T[K] } & {
  rdev: unknown;
};

const NumberStats = constructorOf<Fields<Stats>>(function (attributes) {
  this.dev = attributes.dev;
  this.mode = attributes.mode;
  this.nlink = attributes.nlink;
  this.uid = attributes.uid;
  this.gid = attributes.gid;
  this.rdev = 0;
  this.blksize = attributes.blksize;
  this.ino = attributes.ino;
  this.size = attributes.size;
  this.blocks = attributes.blocks;
  this.atimeMs = attributes.atimeMs;
  this.mtimeMs = attributes.mtimeMs;
  this.ctimeMs = attributes.ctimeMs;
  this.birthtimeMs = attributes.birthtimeMs;
  if (!isDatedLater) setDates(this, attributes);
  setFractions(this, attributes);
}, nodeFs.Stats.prototype);

/** Node doesn't export this class; an instance shows it. */
const NanosecondStats = atFirstUse(() =>
  constructorOf<Fields<BigIntStats>>(
    function (attributes) {
      this.dev = BigInt(attributes.dev);
      this.mode = BigInt(attributes.mode);
      this.nlink = BigInt(attributes.nlink);
      this.uid = BigInt(attributes.uid);
      this.gid = BigInt(attributes.gid);
      this.rdev = 0n;
      this.blksize = BigInt(attributes.blksize);
      this.ino = BigInt(attributes.ino);
      this.size = BigInt(attributes.size);
      this.blocks = BigInt(attributes.blocks);
      const [atimeNs, mtimeNs] = [nanosecondsOf(attributes.atimeMs), nanosecondsOf(attributes.mtimeMs)];
      const [ctimeNs, birthtimeNs] = [
        nanosecondsOf(attributes.ctimeMs),
        nanosecondsOf(attributes.birthtimeMs),
      ];
      this.atimeMs = atimeNs / NANOSECONDS;
      this.mtimeMs = mtimeNs / NANOSECONDS;
      this.ctimeMs = ctimeNs / NANOSECONDS;
      this.birthtimeMs = birthtimeNs / NANOSECONDS;
      this.atimeNs = atimeNs;
      this.mtimeNs = mtimeNs;
      this.ctimeNs = ctimeNs;
      this.birthtimeNs = birthtimeNs;
      if (!isDatedLater) setDates(this, attributes);
    },
    Object.getPrototypeOf(shown({ bigint: true })),
  ),
);

export const statsOf = (attributes: Attributes): Stats => new NumberStats(attributes) as unknown as Stats;

export const bigIntStatsOf = (attributes: Attributes): BigIntStats =>
  new (NanosecondStats())(attributes) as unknown as BigIntStats;

/** From Node 22 on the dates are getters of the prototype. */
const isDatedLater = 'mtime' in nodeFs.Stats.prototype;

function setDates(
  stats: Pick<Fields<Stats>, 'atime' | 'mtime' | 'ctime' | 'birthtime'>,
  from: Attributes,
): void {
  stats.atime = dateOf(from.atimeMs);
  stats.mtime = dateOf(from.mtimeMs);
  stats.ctime = dateOf(from.ctimeMs);
  stats.birthtime = dateOf(from.birthtimeMs);
}

type Time = 'atimeMs' | 'mtimeMs' | 'ctimeMs' | 'birthtimeMs';

/**
 * From 26 on the getters of Node's prototype make Temporal.Instants of these: nanoseconds in the second. Their symbols
 * are Node's own; an instance shows them.
 */
const fractions = atFirstUse((): readonly (readonly [symbol, Time])[] =>
  Object.getOwnPropertySymbols(shown({ bigint: false })).flatMap((symbol) => {
    const [, name] = /^k?partial(\w+)Ns$/i.exec(symbol.description ?? '') ?? [];
    return name === undefined ? [] : [[symbol, `${name.toLowerCase()}Ms` as Time] as const];
  }),
);

function setFractions(stats: object, attributes: Attributes): void {
  for (const [symbol, time] of fractions()) {
    const milliseconds = attributes[time];
    const fraction = milliseconds - Math.floor(milliseconds / 1000) * 1000;
    Reflect.set(stats, symbol, Math.floor(fraction * 1e6));
  }
}

const dateOf = (milliseconds: number): Date => new RealDate(Math.round(milliseconds));

const NANOSECONDS = 1_000_000n;

/** Whole milliseconds and their fraction apart: together they exceed what a float holds exactly. */
function nanosecondsOf(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * NANOSECONDS + BigInt(Math.round((milliseconds - whole) * 1e6));
}
