import { inspect } from 'node:util';
import type { JournalDirectory, WandbArtifactFsOptions, WandbFsOptions } from './options.js';

/** Node's own shape: a TypeError with a code, whose message tells what was expected and what came. */
export function invalidValue(what: string, reason: string): TypeError {
  return Object.assign(new TypeError(`The property '${what}' is invalid: ${reason}.`), {
    code: 'ERR_INVALID_ARG_VALUE',
  });
}

function invalidType(what: string, expected: string, value: unknown): TypeError {
  const got = value === null ? 'null' : `type ${typeof value}`;
  return Object.assign(new TypeError(`The "${what}" property must be ${expected}. Received ${got}`), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

type Check = (what: string, value: unknown) => void;

const shown = (value: unknown): string => inspect(value, { depth: 0 });

const text: Check = (what, value) => {
  if (typeof value !== 'string') throw invalidType(what, 'of type string', value);
};

const flag: Check = (what, value) => {
  if (typeof value !== 'boolean') throw invalidType(what, 'of type boolean', value);
};

const callable: Check = (what, value) => {
  if (typeof value !== 'function') throw invalidType(what, 'of type function', value);
};

const amount =
  (least: number): Check =>
  (what, value) => {
    if (typeof value !== 'number') throw invalidType(what, 'of type number', value);
    if (!(value >= least)) throw invalidValue(what, `expected a number from ${least} up, got ${value}`);
  };

const count: Check = (what, value) => {
  amount(1)(what, value);
  if (!Number.isInteger(value)) throw invalidValue(what, `expected an integer, got ${shown(value)}`);
};

const wholeNumber: Check = (what, value) => {
  amount(0)(what, value);
  if (!Number.isSafeInteger(value)) throw invalidValue(what, `expected an integer, got ${shown(value)}`);
};

/** Milliseconds that a timer can wait; Node's timers fire at once above this. */
const LONGEST_TIMER = 2 ** 31 - 1;

const timer: Check = (what, value) => {
  amount(0)(what, value);
  if (typeof value === 'number' && value > LONGEST_TIMER) {
    throw invalidValue(what, `expected at most ${LONGEST_TIMER} milliseconds, got ${value}`);
  }
};

/** Zero would be no bound for some, and no time for others. */
const bound: Check = (what, value) => {
  amount(1)(what, value);
  timer(what, value);
};

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
  if (value === '' || (typeof value === 'string' && /[\s\0]/.test(value))) {
    throw invalidValue(
      what,
      'expected a key without white space, got an empty string or one with white space',
    );
  }
};

const file: Check = (what, value) => {
  text(what, value);
  if (value === '' || (typeof value === 'string' && value.includes('\0'))) {
    throw invalidValue(what, 'expected the path of a file');
  }
};

const mountPoint: Check = (what, value) => {
  text(what, value);
  if (typeof value === 'string' && (!value.startsWith('/') || value.includes('\0'))) {
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

const methods =
  (...names: readonly string[]): Check =>
  (what, value) => {
    if (typeof value !== 'object' || value === null) throw invalidType(what, 'an object', value);
    for (const [name, member] of Object.entries(value)) {
      if (names.includes(name) && member !== undefined) callable(`${what}.${name}`, member);
    }
  };

const dispatcher: Check = (what, value) => {
  if (typeof value !== 'object' || value === null || !('dispatch' in value)) {
    throw invalidType(what, 'an undici Dispatcher', value);
  }
};

const address: Check = (what, value) => {
  if (!(value instanceof URL)) text(what, value);
  else if (value.protocol !== 'file:' && value.protocol !== 'data:') {
    throw invalidValue(what, `expected a file: URL or a path, got ${value.protocol}`);
  }
};

const directory: Check = (what, value) => {
  text(what, value);
  if (value === '' || (typeof value === 'string' && value.includes('\0'))) {
    throw invalidValue(what, 'expected the path of a directory');
  }
};

/** As URLs spell them, so that they are found in one: 'Host', '0x7f.1' or '[::0:1]' would never be. */
function hosts(scheme: string, what: string, value: unknown): void {
  if (!Array.isArray(value)) {
    flag(what, value);
    return;
  }
  for (const host of value as readonly unknown[]) {
    const address = typeof host === 'string' && host !== '' ? `${scheme}://${host}/` : '';
    const isHost = URL.canParse(address) && new URL(address).host === host;
    if (host !== '*' && !isHost)
      throw invalidValue(
        what,
        `expected hosts such as 'host', 'host:8080' or '[::1]', got '${String(host)}'`,
      );
  }
}

const references: Check = (what, value) => {
  if (typeof value !== 'object' || value === null) throw invalidType(what, 'an object', value);
  for (const [scheme, reader] of Object.entries(value)) {
    const name = `${what}.${scheme}`;
    if (!/^[a-z][a-z\d+.-]*$/.test(scheme))
      throw invalidValue(name, 'expected the scheme of a URI, such as s3');
    if (reader === undefined || typeof reader === 'function') continue;
    if (scheme === 'http' || scheme === 'https') hosts(scheme, name, reader);
    else if (scheme === 'file') directory(name, reader);
    else throw invalidType(name, 'a function that reads such references', reader);
  }
};

const cache: Check = (what, value) => {
  if (typeof value !== 'boolean') directory(what, value);
};

const JOURNAL_CHECKS: Readonly<Record<keyof JournalDirectory, Check>> = { dir: directory, fsync: flag };

const journal: Check = (what, value) => {
  if (typeof value === 'boolean') return;
  if (typeof value === 'string') return directory(what, value);
  if (typeof value !== 'object' || value === null) {
    throw invalidType(what, 'a boolean, the path of a directory, or an object', value);
  }
  for (const [name, member] of Object.entries(value)) {
    if (!Object.hasOwn(JOURNAL_CHECKS, name)) {
      throw invalidValue(
        `${what}.${name}`,
        `no such member; known are ${Object.keys(JOURNAL_CHECKS).join(', ')}`,
      );
    }
    if (member !== undefined) JOURNAL_CHECKS[name as keyof JournalDirectory](`${what}.${name}`, member);
  }
};

const CHECKS: Readonly<Record<keyof WandbFsOptions, Check>> = {
  baseUrl: text,
  apiKey: checkKey,
  identityTokenFile: file,
  mountPoint,
  root,
  listingTtl: amount(0),
  cacheBytes: wholeNumber,
  spoolBytes: amount(0),
  journal,
  maxRenameBytes: amount(0),
  writeback: oneOf('back', 'through'),
  writebackDelay: timer,
  sync: oneOf('thread', 'cache-only', 'off'),
  syncTimeout: timer,
  allowDelete: listOf(oneOf('run', 'project', 'version', 'aliasedVersion', 'collection')),
  readOnly: flag,
  concurrency: count,
  timeout: timer,
  connectTimeout: bound,
  headersTimeout: bound,
  idleTimeout: bound,
  exitFlushMs: timer,
  exitSignals: flag,
  fetch: callable,
  dispatcher,
  logger: methods('warn', 'debug'),
  workerUrl: address,
};

const ARTIFACT_CHECKS: Readonly<Record<Exclude<keyof WandbArtifactFsOptions, keyof WandbFsOptions>, Check>> =
  {
    references,
    artifactCache: cache,
    artifactCacheBytes: wholeNumber,
    multipartBytes: count,
    partBytes: count,
  };

/** Takes the options of artifacts out of all, and throws a TypeError for what is no value of one. */
export function takeArtifactOptions(options: WandbArtifactFsOptions): {
  readonly own: WandbArtifactFsOptions;
  readonly rest: WandbFsOptions;
} {
  if (typeof options !== 'object' || options === null) throw invalidType('options', 'an object', options);
  const { references, artifactCache, artifactCacheBytes, multipartBytes, partBytes, ...rest } = options;
  const own = { references, artifactCache, artifactCacheBytes, multipartBytes, partBytes };
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined) ARTIFACT_CHECKS[name as keyof typeof own](`options.${name}`, value);
  }
  if (artifactCacheBytes !== undefined && typeof artifactCache !== 'string') {
    throw invalidValue(
      'options.artifactCacheBytes',
      'it bounds a directory of your own: give one as `artifactCache`; the one that the SDK shares is never evicted from',
    );
  }
  return { own, rest };
}

/** Throws a TypeError for what is no option, or no value of one. `undefined` means the default. */
export function checkOptions(options: unknown): asserts options is WandbFsOptions {
  if (typeof options !== 'object' || options === null) throw invalidType('options', 'an object', options);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, name)) {
      throw invalidValue(`options.${name}`, `no such option; known are ${Object.keys(CHECKS).join(', ')}`);
    }
    if (value !== undefined) CHECKS[name as keyof WandbFsOptions](`options.${name}`, value);
  }
  const { fetch, dispatcher: own, sync } = options as WandbFsOptions;
  if (fetch && own) throw invalidValue('options.fetch', 'give either `fetch` or `dispatcher`, not both');
  if ((fetch || own) && sync === 'thread') {
    throw invalidValue(
      'options.sync',
      `'thread' can't be had with \`${fetch ? 'fetch' : 'dispatcher'}\`, which stays in this thread`,
    );
  }
}
