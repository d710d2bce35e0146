/**
 * The plan of continuous integration: what is run, after what, and what of it at a time.
 *
 *     bash .ci/run          what must hold before a change is taken
 *     npm run test:matrix   all tests on every Node against every kind of server, which takes an hour
 *     node .ci/plan.mjs --list   tells the steps and their test files, and runs nothing
 *
 * The whole suite runs on the newest Node against the standard server. What depends on Node runs again on each other one,
 * those who bring its ways along (test runners, installed packages) on the oldest, what depends on the server's ways against one that is told
 * of uploads and one that delays (scripts/test-groups.mjs tells the groups); what only all of it shows, the matrix does.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inGroups, testFiles } from '../scripts/test-groups.mjs';
import { runPlan } from './steps.mjs';

const { values } = parseArgs({
  options: { list: { type: 'boolean', default: false }, matrix: { type: 'boolean', default: false } },
});
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const OTHER_NODES = ['22', '24', '26'];

/** See __tests__/helpers/server.ts. A server that waits to be told of uploads, and can't be, would never show a file. */
const WAYS = {
  put: { WANDB_FS_TEST_LIMITS: 'tenth', WANDB_FS_TEST_FINALIZE: 'put', WANDB_FS_TEST_FEATURES: 'none' },
  mark: { WANDB_FS_TEST_LIMITS: 'tenth', WANDB_FS_TEST_FINALIZE: 'mark' },
  delay: { WANDB_FS_TEST_LIMITS: 'tenth', WANDB_FS_TEST_FINALIZE: 'delay', WANDB_FS_TEST_FEATURES: 'none' },
};

const SCHEMA = '../shared/check-schema.mjs';
const PYTHON = join(process.cwd(), '.venv/bin/python');
/** What installs packages in a third of the time that pip takes of a core. It has settings of its own: `UV_DEFAULT_INDEX` and others. */
const UV = 'uv==0.13.9';
const UV_INSTALL = `.venv/bin/uv pip install --quiet --native-tls --python '${PYTHON}'`;
const SDK = [
  "python3 -c 'import pip, venv' || { apt-get update -q && apt-get install -q -y --no-install-recommends python3-pip python3-venv; }",
  'python3 -m venv --without-pip .venv',
  `python3 -m pip --python '${PYTHON}' install --quiet --disable-pip-version-check --no-compile ${UV}`,
  `${UV_INSTALL} wandb==0.30.0 fsspec pandas`,
  // Its metadata want an SDK of 2022; its code doesn't.
  `${UV_INSTALL} --no-deps wandbfsspec==0.2.0`,
  `'${PYTHON}' -c 'from importlib.metadata import version; print("wandb", version("wandb"))'`,
].join(' && ');

/** Their packages for this machine alone, which have no script that has to be run. */
const { platform, arch } = process;
const RUNTIMES = join(process.cwd(), '.runtimes');
const BUN = { from: `@oven/bun-${platform}-${arch}`, version: '1.4.5', program: 'bin/bun' };
const LIBC = platform === 'linux' ? '-glibc' : '';
const DENO = { from: `@deno/${platform}-${arch}${LIBC}`, version: '2.9.6', program: 'deno' };
const programOf = ({ from, program }) => join(RUNTIMES, 'node_modules', from, program);
const BUN_AND_DENO = [
  `mkdir -p '${RUNTIMES}' && echo '{ "private": true }' > '${RUNTIMES}/package.json'`,
  `npm install --prefix '${RUNTIMES}' --no-audit --no-fund --no-save --ignore-scripts --fetch-timeout=60000 ${[BUN, DENO].map(({ from, version }) => `${from}@${version}`).join(' ')}`,
  ...[BUN, DENO].map((runtime) => `'${programOf(runtime)}' --version`),
].join(' && ');

/** Debian's, for no registry of packages brings a browser. It waits for the step that may ask the same package manager. */
const CHROMIUM = '/usr/bin/chromium-headless-shell';
const BROWSER = [
  `test -x ${CHROMIUM} || { apt-get update -q && apt-get install -q -y --no-install-recommends chromium-headless-shell; }`,
  `${CHROMIUM} --version`,
].join(' && ');

/** What has to be fetched is, while others run. */
const fetched = [
  { name: 'Python and the official SDK', seconds: 600, load: 0, after: [], command: ['bash', '-c', SDK] },
  { name: 'typedoc', seconds: 300, load: 0, after: [], command: ['npm', 'ci', '--prefix', 'site'] },
  { name: 'Bun and Deno', seconds: 300, load: 0, after: [], command: ['bash', '-c', BUN_AND_DENO] },
  {
    name: 'Chromium',
    seconds: 600,
    load: 0,
    after: ['Python and the official SDK'],
    command: ['bash', '-c', BROWSER],
  },
  ...OTHER_NODES.map((node) => ({
    name: `Node ${node}`,
    seconds: 300,
    load: 0,
    after: [],
    command: ['node', 'scripts/with-node.mjs', node, '--', 'node', '--version'],
  })),
];

/**
 * For TypeScript, which is made of Go: a fifth less of a core for a tenth more memory. Another fifth is what several threads find
 * out each for itself.
 */
const SELDOM_COLLECTED = { GOGC: '400' };

const built = [
  { name: 'dependencies', seconds: 300, after: [], command: ['npm', 'ci'] },
  // It builds first.
  {
    name: 'build',
    seconds: 60,
    after: ['dependencies'],
    command: ['npm', 'pack'],
    env: SELDOM_COLLECTED,
  },
];
/** What `npm pack` makes. */
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const PACKED = join(process.cwd(), `${manifest.name}-${manifest.version}.tgz`);

const check = (name, seconds, command, env = {}) => ({ name, seconds, command, env, after: ['build'] });

/** By the newest Node: what these find depends on none, and it takes a third to a half less of a core there. */
const quick = (name, seconds, program, after = ['build']) => ({
  name,
  seconds,
  command: ['node', 'scripts/with-node.mjs', '26', '--', 'node', ...program],
  after: [...after, 'Node 26'],
});

const ATTW = 'node_modules/@arethetypeswrong/cli/dist/index.js';
const TYPEDOC = ['site/node_modules/typedoc/bin/typedoc', '--options', 'site/typedoc.json'];
const PUBLINT = 'node_modules/publint/src/cli.js';

const checks = [
  quick('package: types of every entry', 120, [ATTW, PACKED, '--profile', 'node16']),
  check('package: publint', 120, ['node', PUBLINT, '--strict', PACKED]),
  check('lint', 60, ['npm', 'run', 'lint', '--', '--colors=off']),
  check('types', 120, ['npm', 'run', 'typecheck', '--', '--singleThreaded'], SELDOM_COLLECTED),
  check('types of Node 20 to 26', 180, ['npm', 'run', 'typecheck:node']),
  check('generated files', 60, ['npm', 'run', 'codegen:check']),
  quick('coverage of node:fs', 180, ['scripts/coverage.mjs', '--check']),
  quick('site, each link of which leads somewhere', 120, TYPEDOC, ['dependencies', 'typedoc']),
  ...(existsSync(SCHEMA) ? [check('schema', 60, ['node', SCHEMA])] : []),
];

/** Two workers, beside which one more process is at work: tests wait as much as they compute. */
const SUITE = { load: 2, workers: 2 };

const tests = (name, seconds, files, more = {}) => ({
  name,
  seconds,
  tests: files,
  after: ['build'],
  load: 1,
  workers: 1,
  ...more,
  env: { WANDB_FS_PACKED: PACKED, ...more.env },
});
const matching = (pattern) => testFiles().filter((file) => file.includes(pattern));
const onNode = (node, name, files, env = {}) =>
  tests(`${name} on Node ${node}`, 1200, files, { ...SUITE, node, env, after: ['build', `Node ${node}`] });

/** The same ones each time, for what is found must be of the change. */
const PROGRAMS = values.matrix ? '5000' : '2500';

/** A quarter less of a core than on the oldest: random programs and the many ends of processes. Each Node runs `process/`. */
const QUICKER = values.matrix ? {} : { node: '26', after: ['build', 'Node 26'] };

/** Random programs and processes that end, many of them: the suite that anybody runs has fewer. */
const alone = [
  tests(`${PROGRAMS} programs under faults`, 1800, matching('reliability/programs'), {
    ...QUICKER,
    env: { WANDB_FS_RELIABILITY: PROGRAMS },
  }),
  tests('kills: 30, and 60 with a journal', 600, matching('reliability/kills'), {
    ...QUICKER,
    env: { WANDB_FS_KILLS: '30', WANDB_FS_KILLS_JOURNAL: '60' },
    load: 2,
  }),
  tests('ends of processes', 600, matching('__tests__/ends/'), { ...QUICKER, load: 2 }),
  tests('random programs, 12000 operations', 600, matching('__tests__/differential/'), {
    env: { WANDB_FS_DIFFERENTIAL: '12000' },
  }),
  tests('model, 1000 programs', 600, matching('kernel/model'), { env: { WANDB_FS_MODEL_RUNS: '1000' } }),
  tests('soak', 300, matching('reliability/soak')),
  tests('tests with the official SDK', 600, matching('__tests__/interop/'), {
    env: { WANDB_PYTHON: PYTHON },
    workers: 2,
    after: ['build', 'Python and the official SDK'],
  }),
  tests('tests with Bun and Deno', 300, matching('frameworks/runtimes'), {
    env: { WANDB_BUN: programOf(BUN), WANDB_DENO: programOf(DENO) },
    after: ['build', 'Bun and Deno'],
  }),
  tests('tests with Chromium', 300, matching('serve/browser'), {
    env: { WANDB_CHROMIUM: CHROMIUM },
    after: ['build', 'Chromium'],
  }),
];

const all = inGroups('once', 'node', 'users', 'ways');
const suites = [
  onNode('26', 'tests', all),
  tests('tests of Node, and of those who use it, on the oldest', 1200, inGroups('node', 'users'), {
    ...SUITE,
    env: WAYS.put,
  }),
  onNode('24', 'tests of Node and of a server that is told', inGroups('node', 'ways'), WAYS.mark),
  onNode('22', 'tests of Node and of a server that delays', inGroups('node', 'ways'), WAYS.delay),
];

const matrix = [
  // Large files are as large as somebody's here alone.
  tests('tests', 1200, all, { ...SUITE, env: { WANDB_FS_UPLOAD_MIB: '1024' } }),
  ...Object.entries(WAYS).map(([way, env]) => tests(`tests: ${way}`, 1200, all, { ...SUITE, env })),
  ...OTHER_NODES.flatMap((node) => [
    onNode(node, 'tests', all),
    ...Object.entries(WAYS).map(([way, env]) => onNode(node, `tests: ${way}`, all, env)),
  ]),
];

/** In the order in which they begin, as far as what they wait for and the machine allow it. */
const steps = [...fetched, ...built, ...checks, ...(values.matrix ? matrix : suites), ...alone];

if (values.list) process.stdout.write(`${JSON.stringify(steps, null, 1)}\n`);
else process.exitCode = await runPlan(steps);
