import nodeFs from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { makeTree } from './support/mounts.js';
import { callBack, callPromise, callSync, makeTwins, type Outcome, type Side } from './support/twins.js';

type Options = Readonly<Record<string, unknown>>;

/** The same options, as an object can have them. */
const SHAPES: Readonly<Record<string, (options: Options) => object>> = {
  'its own': (options) => Object.assign(Object.create(null), options),
  inherited: (options) => Object.create(options),
  hidden: (options) => defined(options, (value) => ({ value })),
  'getters of its class': (options) => Object.create(defined(options, (value) => ({ get: () => value }))),
};

const defined = (options: Options, describe: (value: unknown) => PropertyDescriptor): object =>
  Object.defineProperties(
    {},
    Object.fromEntries(Object.entries(options).map(([name, value]) => [name, describe(value)])),
  );

interface OpenSide extends Side {
  /** Of `dir/inner.txt`. */
  readonly fd: number;
}

type ArgsOf = (side: OpenSide) => readonly unknown[];

const at =
  (name: string, ...rest: readonly unknown[]): ArgsOf =>
  ({ base }) => [join(base, name), ...rest];

const pair =
  (from: string, to: string): ArgsOf =>
  ({ base }) => [join(base, from), join(base, to)];

/** Where an option makes a difference, or is refused. */
const ROWS: readonly (readonly [name: string, args: ArgsOf, options: Options])[] = [
  ['readFile', at('file'), { encoding: 'utf8' }],
  ['readFile', at('new'), { flag: 'w+' }],
  ['readFile', at('file'), { flag: '' }],
  ['readFile', at('file'), { flag: null }],
  ['readFile', at('file'), { signal: 1 }],
  ['writeFile', at('file', '616263'), { encoding: 'hex' }],
  ['writeFile', at('file', 'x'), { encoding: 'none' }],
  ['writeFile', at('file', 'x'), { flag: 'a' }],
  ['writeFile', at('file', 'x'), { flag: '' }],
  ['writeFile', at('new', 'x'), { mode: 0o600 }],
  ['writeFile', at('new', 'x'), { mode: 'none' }],
  ['writeFile', at('new', 'x'), { flush: 1 }],
  ['appendFile', at('file', '616263'), { encoding: 'hex' }],
  ['appendFile', at('file', 'x'), { flag: 'wx' }],
  ['appendFile', at('file', 'x'), { flag: '' }],
  ['appendFile', at('new', 'x'), { mode: 0o600 }],
  ['appendFile', at('new', 'x'), { flush: 1 }],
  ['rm', at('dir'), { recursive: true }],
  ['rm', at('dir'), { recursive: undefined }],
  ['rm', at('missing'), { force: true }],
  ['rm', at('missing'), { force: undefined }],
  ['rm', at('file'), { maxRetries: -1 }],
  ['rmdir', at('dir'), { recursive: true }],
  ['rmdir', at('dir'), { recursive: 1 }],
  ['rmdir', at('hole'), { maxRetries: -1 }],
  ['cp', pair('dir', 'new'), { recursive: true }],
  ['cp', pair('file', 'new'), { recursive: undefined }],
  ['cp', pair('file', 'empty'), { force: false }],
  ['cp', pair('file', 'empty'), { force: false, errorOnExist: true }],
  ['cp', pair('file', 'empty'), { mode: 9 }],
  ['cp', pair('file', 'new'), { filter: () => false }],
  ['cp', pair('file', 'new'), { filter: null }],
  ['mkdir', at('a/b'), { recursive: true }],
  ['mkdir', at('new'), { mode: 0o700 }],
  ['mkdir', at('new'), { mode: null }],
  ['mkdir', at('new'), { recursive: null }],
  ['readdir', at('dir'), { recursive: true }],
  ['readdir', at('dir'), { recursive: 1 }],
  ['readdir', at('dir'), { withFileTypes: true }],
  ['readdir', at('dir'), { encoding: 'hex' }],
  ['opendir', at('dir'), { recursive: true }],
  ['opendir', at('dir'), { encoding: 'hex' }],
  ['opendir', at('dir'), { encoding: 'none' }],
  ['stat', at('file'), { bigint: true }],
  ['lstat', at('file'), { bigint: true }],
  ['statfs', at('file'), { bigint: true }],
  ['realpath', at('file'), { encoding: 'buffer' }],
  ['readlink', at('link'), { encoding: 'buffer' }],
  ['mkdtemp', at('new'), { encoding: 'none' }],
  ['read', ({ fd }) => [fd, Buffer.alloc(8)], { offset: 2, length: 3, position: 1 }],
  ['read', ({ fd }) => [fd, Buffer.alloc(8)], { offset: null }],
  ['read', ({ fd }) => [fd, Buffer.alloc(8)], { length: null }],
  ['write', ({ fd }) => [fd, Buffer.from('wxyz')], { offset: 1, length: 2, position: 3 }],
  ['write', ({ fd }) => [fd, Buffer.from('wxyz')], { length: 9 }],
  ['fstat', ({ fd }) => [fd], { bigint: true }],
];

/** What results show, in a form that can be compared. */
function plain(value: unknown, base: string): unknown {
  if (isDir(value)) return inOrder(entriesOf(value), base);
  if (typeof value === 'bigint') return 'a bigint';
  if (value instanceof nodeFs.Dirent) return `${value.parentPath}/${value.name} ${value.isDirectory()}`;
  if (Array.isArray(value)) return inOrder(value, base);
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return value;
  // Of stats: what numbers they are.
  return typeof Object.values(value)[0];
}

const isDir = (value: unknown): value is nodeFs.Dir =>
  typeof value === 'object' && value !== null && 'readSync' in value;

const inOrder = (values: readonly unknown[], base: string): unknown =>
  values.map((each) => String(plain(each, base)).replaceAll(base, '<base>')).sort();

function entriesOf(dir: nodeFs.Dir): readonly unknown[] {
  const entries: unknown[] = [];
  for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) entries.push(entry);
  dir.closeSync();
  return entries;
}

const snapshot = (base: string): readonly string[] =>
  nodeFs
    .readdirSync(base, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const content = entry.isFile() ? nodeFs.readFileSync(path, 'latin1') : '';
      return `${path.slice(base.length)} ${nodeFs.lstatSync(path).mode.toString(8)} ${content}`;
    })
    .sort();

const STYLES = { returned: callSync, 'called back': callBack, resolved: callPromise };

async function cameOf(side: Side, style: keyof typeof STYLES, row: (typeof ROWS)[number], options: object) {
  const [name, args] = row;
  const fd = side.fs.openSync(join(side.base, 'dir/inner.txt'), 'r+');
  try {
    const came: Outcome = await STYLES[style](side, name, () => [...args({ ...side, fd }), options]);
    // Errors by their codes: Node words some of them otherwise in each style and version.
    const outcome = 'value' in came ? plain(came.value, side.base) : { code: came.error.code };
    return { outcome, left: snapshot(side.base) };
  } finally {
    side.fs.closeSync(fd);
  }
}

/** The three sides, all alike: Node's own, ours, and Node's with something mounted elsewhere. */
function makeSides() {
  const [twins, others] = [makeTwins(), makeTwins()];
  const fs = mountAll({ '/not/asked': makeTree(join(others.ours.base, 'tree')).fs }, nodeFs);
  const sides: readonly Side[] = [twins.node, twins.ours, { fs, base: others.node.base }];
  for (const { base } of sides) {
    nodeFs.mkdirSync(join(base, 'hole'));
    nodeFs.symlinkSync('file', join(base, 'link'));
  }
  return {
    sides,
    fresh: snapshot(twins.node.base),
    remove: () => [twins, others].map(({ remove }) => remove()),
  };
}

let made: ReturnType<typeof makeSides> | null = null;
afterAll(() => made?.remove());

async function allComeToTheSame(
  style: keyof typeof STYLES,
  row: (typeof ROWS)[number],
  shaped: () => object,
): Promise<void> {
  made ??= makeSides();
  const { sides, fresh, remove } = made;
  const results: Awaited<ReturnType<typeof cameOf>>[] = [];
  for (const side of sides) results.push(await cameOf(side, style, row, shaped()));
  const [node, ours, mounted] = results;
  // Most calls leave everything as it was: then the next one finds the same.
  if (!results.every(({ left }) => isDeepStrictEqual(left, fresh))) {
    made = null;
    remove();
  }
  expect(ours).toEqual(node);
  expect(mounted).toEqual(node);
}

/** `fs.promises` has no calls on fds. */
const has = (style: keyof typeof STYLES, name: string): boolean =>
  style !== 'resolved' || Reflect.has(nodeFs.promises, name);

describe.each(ROWS)('%s takes the options that Node takes', (...row) => {
  const [name, , options] = row;
  test.each(Object.entries(SHAPES))(`${Object.keys(options)} %s`, async (_title, shape) => {
    for (const style of ['returned', 'called back', 'resolved'] as const) {
      if (has(style, name)) await allComeToTheSame(style, row, () => shape(options));
    }
  });
});
