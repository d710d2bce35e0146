import { inspect } from 'node:util';
import type { JournalDirectory, WandbFsOptions } from './options.js';

/** Node's own shape: a TypeError with a code, whose message tells what was expected and what came. */
export function invalidValue(what: string, reason: string): TypeError {
  return Object.assign(new TypeError(`The property '${what}' is invalid: ${reason}.`), {
    code: 'ERR_INVALID_ARG_VALUE',
  });
}

export function invalidType(what: string, expected: string, value: unknown): TypeError {
  const got = value === null ? 'null' : `type ${typeof value}`;
  return Object.assign(new TypeError(`The "${what}" property must be ${expected}. Received ${got}`), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

export type Check = (what: string, value: unknown) => void;

const shown = (value: unknown): string => inspect(value, { depth: 0 });

const ofType =
  (type: 'string' | 'boolean' | 'number' | 'function'): Check =>
  (what, value) => {
    if (typeof value !== type) throw invalidType(what, `of type ${type}`, value);
  };

const text = ofType('string');
export const flag = ofType('boolean');
const callable = ofType('function');

const amount =
  (least: number): Check =>
  (what, value) => {
    ofType('number')(what, value);
    if (!(Number(value) >= least))
      throw invalidValue(what, `expected a number from ${least} up, got ${value}`);
  };

const integer =
  (least: number, isInteger: (value: unknown) => boolean): Check =>
  (what, value) => {
    amount(least)(what, value);
    if (!isInteger(value)) throw invalidValue(what, `expected an integer, got ${shown(value)}`);
  };

export const count = integer(1, Number.isInteger);
export const wholeNumber = integer(0, Number.isSafeInteger);

/** Milliseconds that a timer can wait; Node's timers fire at once above this. */
const LONGEST_TIMER = 2 ** 31 - 1;

const timer =
  (least: number): Check =>
  (what, value) => {
    amount(least)(what, value);
    if (Number(value) > LONGEST_TIMER) {
      throw invalidValue(what, `expected at most ${LONGEST_TIMER} milliseconds, got ${value}`);
    }
  };

const duration = timer(0);
/** Zero would be no bound for some, and no time for others. */
const bound = timer(1);

const oneOf =
  (...values: readonly string[]): Check =>
  (what, value) => {
    if (typeof value === 'string' && values.includes(value)) return;
    throw invalidValue(what, `expected one of ${values.map(shown).join(', ')}, got ${shown(value)}`);
  };

const listOf =
  (item: Check): Check =>
  (what, value) => {
    if (!Array.isArray(value)) throw invalidType(what, 'an array', value);
    value.forEach((element, index) => {
      item(`${what}[${index}]`, element);
    });
  };

/** The key itself is never shown, not even where it is wrong. */
export const checkKey = (what: string, value: unknown): void => {
  text(what, value);
  if (value === '' || /[\s\0]/.test(String(value))) {
    throw invalidValue(
      what,
      'expected a key without white space, got an empty string or one with white space',
    );
  }
};

const pathOf =
  (thing: 'a file' | 'a directory'): Check =>
  (what, value) => {
    text(what, value);
    if (value === '' || String(value).includes('\0'))
      throw invalidValue(what, `expected the path of ${thing}`);
  };

export const directory = pathOf('a directory');

const mountPoint: Check = (what, value) => {
  text(what, value);
  const path = String(value);
  if (!path.startsWith('/') || path.includes('\0')) {
    throw invalidValue(what, `expected an absolute path such as '/wandb', got ${shown(value)}`);
  }
};

const root: Check = (what, value) => {
  text(what, value);
  const segments = String(value)
    .replace(/^\/+|\/+$/g, '')
    .split('/');
  const isPath =
    value === '' || value === '/' || segments.every((part) => part && !/^\.{1,2}$|\0/.test(part));
  if (!isPath) throw invalidValue(what, `expected a path such as 'entity/project', got ${shown(value)}`);
};

const logger: Check = (what, value) => {
  assertObject(what, value);
  for (const [name, member] of Object.entries(value)) {
    if (/^(warn|debug)$/.test(name) && member !== undefined) callable(`${what}.${name}`, member);
  }
};

const dispatcher: Check = (what, value) => {
  if (typeof value !== 'object' || value === null || !('dispatch' in value)) {
    throw invalidType(what, 'an undici Dispatcher', value);
  }
};

/** By its shape, as Node does it: there are several classes where a test runner has one of its own (jsdom). */
export const isUrl = (value: unknown): value is URL =>
  typeof value === 'object' && value !== null && 'href' in value && 'protocol' in value;

const address: Check = (what, value) => {
  if (!isUrl(value)) text(what, value);
  else if (value.protocol !== 'file:' && value.protocol !== 'data:') {
    throw invalidValue(what, `expected a file: URL or a path, got ${value.protocol}`);
  }
};

export type Checks<T> = Readonly<Record<keyof T, Check>>;

/** `undefined` means the default. */
export function checkMembers(
  what: string,
  value: object,
  checks: Readonly<Record<string, Check>>,
  kind: string,
): void {
  for (const [name, member] of Object.entries(value)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check)
      throw invalidValue(`${what}.${name}`, `no such ${kind}; known are ${Object.keys(checks).join(', ')}`);
    if (member !== undefined) check(`${what}.${name}`, member);
  }
}

const JOURNAL_CHECKS: Checks<JournalDirectory> = { dir: directory, fsync: flag };

const journal: Check = (what, value) => {
  if (typeof value === 'boolean') return;
  if (typeof value === 'string') return directory(what, value);
  assertObject(what, value, 'a boolean, the path of a directory, or an object');
  checkMembers(what, value, JOURNAL_CHECKS, 'member');
};

const CHECKS: Checks<WandbFsOptions> = {
  baseUrl: text,
  apiKey: checkKey,
  identityTokenFile: pathOf('a file'),
  mountPoint,
  root,
  listingTtl: amount(0),
  cacheBytes: wholeNumber,
  readAheadBytes: wholeNumber,
  spoolBytes: amount(0),
  journal,
  maxRenameBytes: amount(0),
  writeback: oneOf('back', 'through'),
  writebackDelay: duration,
  sync: oneOf('thread', 'cache-only', 'off'),
  syncTimeout: duration,
  allowDelete: listOf(oneOf('run', 'project', 'version', 'aliasedVersion', 'collection')),
  readOnly: flag,
  views: flag,
  concurrency: count,
  timeout: duration,
  connectTimeout: bound,
  headersTimeout: bound,
  idleTimeout: bound,
  exitFlushMs: duration,
  exitSignals: flag,
  fetch: callable,
  dispatcher,
  logger,
  workerUrl: address,
};

export function assertObject(what: string, value: unknown, expected = 'an object'): asserts value is object {
  if (typeof value !== 'object' || value === null) throw invalidType(what, expected, value);
}

/** Throws a TypeError for what is no option, or no value of one. */
export function checkOptions(options: unknown): asserts options is WandbFsOptions {
  assertObject('options', options);
  checkMembers('options', options, CHECKS, 'option');
  const { fetch, dispatcher: own, sync } = options as WandbFsOptions;
  if (fetch && own) throw invalidValue('options.fetch', 'give either `fetch` or `dispatcher`, not both');
  if ((fetch || own) && sync === 'thread') {
    throw invalidValue(
      'options.sync',
      `'thread' can't be had with \`${fetch ? 'fetch' : 'dispatcher'}\`, which stays in this thread`,
    );
  }
}
