import nodeFs from 'node:fs';
import { dirname, join } from 'node:path';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { makeDirectory } from '../helpers/directories.js';
import { expectEqual } from '../helpers/equal.js';
import { seeded } from '../kernel/helpers/seeded.js';
import { makeTree } from './support/mounts.js';
import { callBack, callPromise, callSync, type Side } from './support/twins.js';

/** Where the tree is mounted in the base; in Node's own directory there is a plain one. */
const MOUNT = 'm/t';
/** Without `.` and `..`: trees take paths as they read, disks as they find them. */
const NAMES = ['a', 'b', 'm', 't'];

interface Step {
  readonly name: string;
  readonly args: (base: string) => readonly unknown[];
  readonly paths: readonly string[];
}

function randomStep(random: (count: number) => number): Step {
  const path = (): string => {
    const segments = Array.from({ length: 1 + random(4) }, () => NAMES[random(NAMES.length)] ?? '');
    const start = random(3) === 0 ? [MOUNT] : [];
    return [...start, ...segments].join('/') + (start.length === 0 && random(8) === 0 ? '/' : '');
  };
  const at = (base: string, name: string): string => `${base}/${name}`;
  const [one, two] = [path(), path()];
  const size = random(3);
  const single = (name: string, ...rest: unknown[]): Step => ({
    name,
    args: (base) => [at(base, one), ...rest],
    paths: [one],
  });
  const pair = (name: string, ...rest: unknown[]): Step => ({
    name,
    args: (base) => [at(base, one), at(base, two), ...rest],
    paths: [one, two],
  });
  const steps: readonly (() => Step)[] = [
    () => single('writeFile', 'x'.repeat(size)),
    () => single('writeFile', 'y', { flag: 'wx' }),
    () => single('appendFile', 'z'.repeat(size)),
    () => single('readFile', 'utf8'),
    () => single('truncate', size),
    () => single('mkdir'),
    () => single('mkdir', { recursive: true }),
    () => single('readdir'),
    () => single('readdir', { recursive: true }),
    () => single('access'),
    () => single('realpath'),
    () => single('readlink'),
    () => single('chmod', 0o755),
    () => single('rmdir'),
    () => single('unlink'),
    () => single('rm'),
    () => single('rm', { recursive: true, force: random(2) === 0 }),
    () => pair('rename'),
    () => pair('copyFile'),
    () => pair('copyFile', 1),
  ];
  const make = steps[random(steps.length)];
  if (make === undefined) throw new Error('There is no such step.');
  return make();
}

const isIn = (path: string, directory: string): boolean => `${path}/`.startsWith(`${directory}/`);

/** What a mount table must refuse, and one filesystem needn't. */
function refusal({ name, paths }: Step, base: string): string | null {
  const real = paths.map((path) => join(base, path).replace(/\/$/, ''));
  const mount = join(base, MOUNT);
  const isFixed = real.some((path) => isIn(mount, path));
  if (isFixed && ['rm', 'rmdir', 'rename'].includes(name)) return 'EBUSY';
  const inTree = real.filter((path) => isIn(path, mount)).length;
  return name === 'rename' && inTree === 1 ? 'EXDEV' : null;
}

const contents = ({ fs, base }: Side): unknown =>
  fs
    .readdirSync(base, { recursive: true, withFileTypes: true })
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => [
      path.slice(base.length),
      fs.statSync(path).isFile() ? fs.readFileSync(path, 'utf8') : null,
    ])
    .sort();

const sorted = (outcome: object): object =>
  'value' in outcome && Array.isArray(outcome.value) ? { value: [...outcome.value].sort() } : outcome;

const codeOf = (outcome: object): unknown =>
  'error' in outcome ? (outcome.error as { code: unknown }).code : 'success';

/** How much of an outcome one filesystem must have in common with several. */
function comparable({ name, paths }: Step, base: string, outcome: object): unknown {
  const real = paths.map((path) => join(base, path).replace(/\/$/, ''));
  const mount = join(base, MOUNT);
  const code = codeOf(outcome);
  // These tell of the directories on the way, which the base may lack or a tree names in its own way.
  if (name === 'realpath' || name === 'mkdir') return code;
  if (code === 'success' || !real.some((path) => isIn(mount, path) || isIn(path, mount))) return outcome;
  // Which of several failures is told is each filesystem's own affair; and mounts say in their words that they are some.
  return name === 'copyFile' ? 'a failure' : code;
}

const isDirectory = (path: string): boolean => nodeFs.existsSync(path) && nodeFs.statSync(path).isDirectory();

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

test.each(SEEDS)('random calls come to what they come to in one filesystem (seed %i)', async (seed) => {
  const random = seeded(seed);
  const top = await makeDirectory();
  const [left, right] = [join(top, 'left'), join(top, 'rght')];
  nodeFs.mkdirSync(join(left, MOUNT), { recursive: true });
  // Every other time the base has the directory above the mount itself.
  nodeFs.mkdirSync(seed % 2 ? right : dirname(join(right, MOUNT)), { recursive: true });
  const tree = makeTree(join(top, 'tree'));
  const node: Side = { fs: nodeFs, base: left };
  const ours: Side = { fs: mountAll({ [join(right, MOUNT)]: tree.fs }, nodeFs), base: right };
  for (let count = 0; count < 300; count++) {
    const step = randomStep(random);
    // What only leads to a mount has no mode to set.
    if (step.name === 'chmod' && isIn(MOUNT, step.paths[0] ?? '')) continue;
    // Node's own removes the destination then; a tree doesn't.
    if (step.name === 'copyFile' && isDirectory(join(left, step.paths[0] ?? ''))) continue;
    const call = [callSync, callPromise, callBack][random(3)] ?? callSync;
    const run = async (side: Side): Promise<object> =>
      sorted({ ...(await call(side, step.name, ({ base }) => step.args(base))), how: null });
    const label = `${count}: ${step.name}(${JSON.stringify(step.args(''))})`;
    const outcome = await run(ours);
    const refused = refusal(step, left);
    if (refused !== null) expectEqual([label, codeOf(outcome)], [label, refused]);
    else {
      const [seen, wanted] = [outcome, await run(node)].map((told) => comparable(step, left, told));
      expectEqual([label, seen], [label, wanted]);
    }
  }
  expect(contents(ours)).toEqual(contents(node));
});
