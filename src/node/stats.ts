import nodeFs, { type BigIntStats, type Stats } from 'node:fs';
import type { Attributes } from '../kernel/syscalls.js';

/**
 * Stats stand on Node's own prototypes: `instanceof fs.Stats` holds and the `is…()` methods are Node's. Their
 * constructors are deprecated and take other arguments in every major version, so the fields are set here.
 */
const statsPrototype: object = nodeFs.Stats.prototype;
/** Node doesn't export this class; an instance shows it. */
const bigIntStatsPrototype: object = Object.getPrototypeOf(nodeFs.statSync('/', { bigint: true }));

const TIMES = ['atime', 'mtime', 'ctime', 'birthtime'] as const;

export function statsOf(attributes: Attributes): Stats {
  const stats: Record<string, unknown> = Object.create(statsPrototype);
  for (const [name, value] of Object.entries(numbersOf(attributes))) stats[name] = value;
  for (const time of TIMES) stats[`${time}Ms`] = attributes[`${time}Ms`];
  for (const time of TIMES) stats[time] = new Date(Math.round(attributes[`${time}Ms`]));
  return stats as unknown as Stats;
}

export function bigIntStatsOf(attributes: Attributes): BigIntStats {
  const stats: Record<string, unknown> = Object.create(bigIntStatsPrototype);
  for (const [name, value] of Object.entries(numbersOf(attributes))) stats[name] = BigInt(value);
  const nanoseconds = TIMES.map((time) => [time, asNanoseconds(attributes[`${time}Ms`])] as const);
  for (const [time, ns] of nanoseconds) stats[`${time}Ms`] = ns / 1_000_000n;
  for (const [time, ns] of nanoseconds) stats[`${time}Ns`] = ns;
  for (const time of TIMES) stats[time] = new Date(Math.round(attributes[`${time}Ms`]));
  return stats as unknown as BigIntStats;
}

/** The fields in Node's order. */
const numbersOf = (attributes: Attributes): Readonly<Record<string, number>> => ({
  dev: attributes.dev,
  mode: attributes.mode,
  nlink: attributes.nlink,
  uid: attributes.uid,
  gid: attributes.gid,
  rdev: 0,
  blksize: attributes.blksize,
  ino: attributes.ino,
  size: attributes.size,
  blocks: attributes.blocks,
});

/** Whole milliseconds and their fraction apart: together they exceed what a float holds exactly. */
function asNanoseconds(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1e6));
}
