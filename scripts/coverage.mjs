/**
 * What of `node:fs` is here, and which tests show it:
 *
 *     node scripts/coverage.mjs           writes docs/COVERAGE.md
 *     node scripts/coverage.mjs --check   writes nothing, fails where the page differs from what would be written
 *
 * It fails, too, for a member of any supported Node (__fixtures__/node-members) that isn't here or that no test is named
 * after. A test counts for a member whose name is a word of its full name, in the style that the name ends with:
 * 'returned' for `readFileSync`, 'called back' for `readFile`, 'resolved' for `promises.readFile`; and for a member that
 * it names as such (`readFileSync`, `promises.readFile`, `FileHandle.readFile`). What differs from Node is listed in
 * __fixtures__/node-members/differences.json under the name of its row in docs/SEMANTICS.md, which is the name of its
 * test as well. Needs the built package, for that is what is looked at.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = join(import.meta.dirname, '..');
const fixtures = join(root, '__fixtures__/node-members');
const page = join(root, 'docs/COVERAGE.md');

const readJson = async (file) => JSON.parse(await readFile(file, 'utf8'));

const majors = (await readdir(fixtures))
  .map((name) => /^(\d+)\.json$/.exec(name)?.[1])
  .filter(Boolean)
  .sort((a, b) => a - b);
const nodes = new Map(
  await Promise.all(majors.map(async (major) => [major, await readJson(join(fixtures, `${major}.json`))])),
);

/** The full names of all tests by their files; a pattern that no name matches runs none of them. */
async function testNames() {
  const directory = await mkdtemp(join(tmpdir(), 'coverage-'));
  const outputFile = join(directory, 'tests.json');
  // To load the files takes less than to start processes that do.
  const how = ['--runInBand', '--json', `--outputFile=${outputFile}`];
  const args = [...how, '--testNamePattern=^(?!.*.)', '__tests__/node'];
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const { status, stderr } = spawnSync(process.execPath, [jest, ...args], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The tests can't be listed:\n${stderr}`);
  const { testResults } = await readJson(outputFile);
  await rm(directory, { recursive: true });
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, title }) => ({ file: relative(root, name), name: fullName, title })),
  );
}

/** What is here, by the lists of the fixtures. */
async function ourMembers() {
  const here = (path) => import(join(root, 'dist/esm', path));
  const [{ createWandbFs }, { FileHandle }, { Dir }, { FSWatcher }, { StatWatcher }] = await Promise.all(
    [
      'index.js',
      'node/handle/file-handle.js',
      'node/results/dir.js',
      'node/watching/fs-watcher.js',
      'node/watching/stat-watcher.js',
    ].map(here),
  );
  const fs = createWandbFs();
  const shown = (key) =>
    typeof key === 'string' ? key : `[Symbol.${/(\w+)$/.exec(key.description ?? '')?.[1]}]`;
  const of = (...objects) => new Set(objects.flatMap(Reflect.ownKeys).map(shown));
  return {
    fs: of(fs),
    'fs.promises': of(fs.promises),
    FileHandle: of(FileHandle.prototype, { close: null }),
    Dir: of(Dir.prototype, { path: null }),
    FSWatcher: of(FSWatcher.prototype),
    StatWatcher: of(StatWatcher.prototype),
  };
}

/** Where a style is told, the member of that style is meant. */
const STYLES = [
  { list: 'fs', suffix: 'Sync', ends: /\b(returned|thrown)$/ },
  { list: 'fs', suffix: '', ends: /\bcalled back$/ },
  { list: 'fs.promises', suffix: '', ends: /\b(resolved|rejected)$/ },
];
const PREFIXES = { 'fs.promises': 'promises.', FileHandle: 'FileHandle.' };

const word = (text) => new RegExp(`(?<![\\w.])${text.replace(/[[\].]/g, '\\$&')}(?![\\w])`);

/** These hold refusals and errors against Node's: a member whose only test is one of them was never seen to work. */
const ONLY_FAILURES = [
  '__tests__/node/errors-equal-node.test.ts',
  '__tests__/node/validation-equals-node.test.ts',
];

function isTestOf(list, member, { name, file }) {
  if (ONLY_FAILURES.includes(file)) return false;
  const prefix = PREFIXES[list] ?? '';
  const style = STYLES.find(({ ends }) => ends.test(name));
  if (style)
    return (
      style.list === list &&
      name.match(word(member.slice(0, member.length - style.suffix.length))) !== null &&
      member.endsWith(style.suffix)
    );
  return word(`${prefix}${member}`).test(name);
}

const tests = await testNames();
const ours = await ourMembers();
const differences = await readJson(join(fixtures, 'differences.json'));
const semantics = await readFile(join(root, 'docs/SEMANTICS.md'), 'utf8');
const problems = [];

const inNode = (major, list, member) => nodes.get(major)[list].includes(member);
const union = (list) => [...new Set(majors.flatMap((major) => nodes.get(major)[list]))].sort();

function differenceOf(list, member) {
  const name = `${PREFIXES[list] ?? ''}${member}`;
  return Object.entries(differences).find(([, { members }]) => members.includes(name));
}

/** What only Node can make is here where this Node has it. */
const NEEDS_NODE = { Utf8Stream: 24 };
const thisMajor = Number(process.versions.node.split('.')[0]);

function isHere(list, member) {
  return ours[list].has(member) || (list === 'fs' && thisMajor < (NEEDS_NODE[member] ?? 0));
}

function rowOf(list, member) {
  if (!isHere(list, member)) problems.push(`${list}.${member} isn't here.`);
  const found = tests.filter((test) => isTestOf(list, member, test));
  if (found.length === 0) problems.push(`No test is named after ${list}.${member}.`);
  const files = [...new Set(found.map(({ file }) => file))].sort().slice(0, 2);
  const [row, difference] = differenceOf(list, member) ?? [];
  const status = row === undefined ? 'same' : `${difference.status} (see SEMANTICS: ${row})`;
  const marks = majors.map((major) => (inNode(major, list, member) ? 'x' : ''));
  // No links: the page is in the package, the tests aren't.
  const names = files.map((file) => `\`${file.replace('__tests__/', '').replace('.test.ts', '')}\``);
  return `| \`${member}\` | ${marks.join(' | ')} | ${status} | ${names.join(', ')} |`;
}

function sectionOf(list) {
  const members = union(list);
  const header = `| member | ${majors.join(' | ')} | here | tests |\n| --- |${' --- |'.repeat(majors.length + 2)}`;
  return `## ${list}\n\n${header}\n${members.map((member) => rowOf(list, member)).join('\n')}\n`;
}

const LISTS = ['fs', 'fs.promises', 'FileHandle'];
const sections = LISTS.map(sectionOf);
for (const list of ['Dir', 'FSWatcher', 'StatWatcher']) {
  for (const member of union(list))
    if (!ours[list].has(member)) problems.push(`${list}.${member} isn't here.`);
}
const known = new Set(
  LISTS.flatMap((list) => union(list).map((member) => `${PREFIXES[list] ?? ''}${member}`)),
);
for (const [row, { members }] of Object.entries(differences)) {
  if (!semantics.includes(`| ${row} |`)) problems.push(`docs/SEMANTICS.md has no row '${row}'.`);
  if (!tests.some(({ title }) => title === row)) problems.push(`No test is named '${row}'.`);
  for (const member of members) if (!known.has(member)) problems.push(`No Node has ${member} ('${row}').`);
}

const summary = LISTS.map((list) => {
  const cells = majors.map((major) => {
    const members = nodes.get(major)[list];
    return `${members.filter((member) => isHere(list, member)).length} of ${members.length}`;
  });
  return `| ${list} | ${cells.join(' | ')} |`;
});
const versions = majors.map((major) => nodes.get(major).version);
const text = `# Coverage of node:fs

Made by \`npm run coverage\` from the members that each Node has; \`npm run coverage:check\` fails where this page, the
members or the tests differ. A member of any of these is here on all of them; \`Utf8Stream\` needs a Node that has it.

| members here | ${versions.join(' | ')} |
| --- |${' --- |'.repeat(majors.length)}
${summary.join('\n')}

${sections.join('\n')}`;

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else if (!values.check) await writeFile(page, text);
else if ((await readFile(page, 'utf8')) !== text) {
  console.error('docs/COVERAGE.md differs: run `npm run coverage`.');
  process.exitCode = 1;
}
