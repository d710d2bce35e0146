import nodeFs from 'node:fs';
import { join, resolve } from 'node:path';
import {
  callBack,
  callPromise,
  callSync,
  makeTwins,
  type Outcome,
  type Side,
  type Twins,
} from './support/twins.js';

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
  for (const { base } of [twins.ours, twins.node]) {
    nodeFs.symlinkSync('file', join(base, 'link'));
    nodeFs.symlinkSync('dir', join(base, 'dirlink'));
    nodeFs.symlinkSync('../file', join(base, 'dir/up'));
    nodeFs.symlinkSync('sub', join(base, 'dir/sublink'));
    nodeFs.mkdirSync(join(base, 'other/sub'), { recursive: true });
    nodeFs.mkdirSync(join(base, 'hole'));
    nodeFs.writeFileSync(join(base, 'other/inner.txt'), 'other');
    nodeFs.chmodSync(join(base, 'dir/inner.txt'), 0o640);
    nodeFs.utimesSync(join(base, 'dir/inner.txt'), 1000, 2000);
    nodeFs.utimesSync(join(base, 'file'), 3000, 4000);
  }
});
afterEach(() => twins.remove());

type Options = Readonly<Record<string, unknown>>;

const RECURSIVE = { recursive: true };

const CASES: readonly (readonly [title: string, from: string, to: string, options?: Options])[] = [
  ['a file', 'file', 'copy'],
  ['a file over another', 'file', 'empty'],
  ['a file without force', 'file', 'empty', { force: false }],
  ['a file without force, as an error', 'file', 'empty', { force: false, errorOnExist: true }],
  ['a file with force and errorOnExist', 'file', 'empty', { errorOnExist: true }],
  ['a file, never over another', 'file', 'empty', { mode: nodeFs.constants.COPYFILE_EXCL }],
  ['a file with its times', 'file', 'copy', { preserveTimestamps: true }],
  ['a file over itself', 'file', 'file'],
  ['a file over a directory', 'file', 'dir'],
  ['a directory over a file', 'dir', 'file', RECURSIVE],
  ['a directory that isn’t meant to be', 'dir', 'copy'],
  ['a directory', 'dir', 'copy', RECURSIVE],
  ['a directory into another', 'dir', 'other', RECURSIVE],
  ['a directory into another without force', 'dir', 'other', { ...RECURSIVE, force: false }],
  [
    'a directory into another, as an error',
    'dir',
    'other',
    { ...RECURSIVE, force: false, errorOnExist: true },
  ],
  ['a directory into itself', 'dir', 'dir/sub/copy', RECURSIVE],
  ['a directory with its times', 'dir', 'copy', { ...RECURSIVE, preserveTimestamps: true }],
  ['a directory without links', 'dir', 'copy', { ...RECURSIVE, dereference: true }],
  ['a directory with links as they are', 'dir', 'copy', { ...RECURSIVE, verbatimSymlinks: true }],
  ['a link', 'link', 'copy'],
  ['a link to a directory', 'dirlink', 'copy', RECURSIVE],
  ['a link, followed', 'link', 'copy', { dereference: true }],
  ['a link to a directory, followed', 'dirlink', 'copy', { ...RECURSIVE, dereference: true }],
  ['a link as it is', 'link', 'dir/copy', { verbatimSymlinks: true }],
  ['a file over a link', 'empty', 'link'],
  ['a link over a file', 'link', 'empty'],
  ['a link over another link', 'link', 'dirlink'],
  ['a missing file', 'none', 'copy'],
  ['a file into a new directory', 'file', 'a/b/c'],
  ['filtered files', 'dir', 'copy', { ...RECURSIVE, filter: (from: string) => !from.endsWith('.txt') }],
  [
    'a directory over an empty one, as an error',
    'dir',
    'hole',
    { ...RECURSIVE, force: false, errorOnExist: true },
  ],
  ['a directory over an empty one, with errorOnExist', 'dir', 'hole', { ...RECURSIVE, errorOnExist: true }],
  ['a missing file that the filter leaves out', 'none', 'copy', { filter: () => false }],
  ['a file over a directory that the filter leaves out', 'file', 'dir', { filter: () => false }],
  ['nothing', 'dir', 'copy', { ...RECURSIVE, filter: () => false }],
  ['both ways of links', 'dir', 'copy', { dereference: true, verbatimSymlinks: true }],
];

const snapshot = ({ base }: Side): readonly string[] =>
  nodeFs
    .readdirSync(base, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mode, mtimeMs } = nodeFs.lstatSync(path);
      const content = entry.isFile() ? nodeFs.readFileSync(path, 'latin1') : '';
      // Where links lead: the tree's have no text of their own.
      const target = entry.isSymbolicLink()
        ? resolve(entry.parentPath, nodeFs.readlinkSync(path)).replace(base, '')
        : '';
      // Only set times are early ones.
      const time = mtimeMs < 1e9 ? mtimeMs : 'now';
      return `${path.slice(base.length)} ${mode.toString(8)} ${content} ${target} ${entry.isFile() ? time : ''}`;
    })
    .sort();

type Style = (side: Side, args: (side: Side) => readonly unknown[]) => Promise<Outcome> | Outcome;

const STYLES: Readonly<Record<string, Style>> = {
  returned: (side, args) => callSync(side, 'cp', args),
  'called back': (side, args) => callBack(side, 'cp', args),
  resolved: (side, args) => callPromise(side, 'cp', args),
};

/** Errors by their codes: Node words some of them otherwise in each style and version. */
const codeOf = (outcome: Outcome): unknown => ('error' in outcome ? outcome.error.code : 'done');

describe.each(CASES)('cp of %s comes to what it comes to with Node', (_title, source, target, options) => {
  const [from, to] = [String(source), String(target)];
  test.each(Object.entries(STYLES))('%s', async (style, call) => {
    const args = ({ base }: Side): readonly unknown[] => [
      join(base, from),
      join(base, to),
      ...(options ? [options] : []),
    ];
    // From 22 on Node's cpSync copies some links that `dereference` means to follow; its twins do what is said.
    const isFollowing = typeof options === 'object' && options.dereference === true;
    // That of 22 takes an existing directory for no mistake; its twins don't, nor do the later ones.
    const isLenient =
      typeof options === 'object' && options.errorOnExist === true && process.versions.node.startsWith('22.');
    const nodeCall = style === 'returned' && (isFollowing || isLenient) ? callPromise : null;
    const ours = await call(twins.ours, args);
    const node = await (nodeCall ? nodeCall(twins.node, 'cp', args) : call(twins.node, args));
    expect(codeOf(ours)).toEqual(codeOf(node));
    // What was copied before a failure depends on the order in which a directory is read.
    if ('value' in node) expect(snapshot(twins.ours)).toEqual(snapshot(twins.node));
  });
});
