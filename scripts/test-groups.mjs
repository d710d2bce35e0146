/**
 * Names the test files by what they depend on, so that continuous integration runs each as often as that tells anything:
 *
 *     npx jest --runTestsByPath $(node scripts/test-groups.mjs node ways)
 *
 * - `node`: the running Node. They compare with it, or look at its modules, its threads or its TLS.
 * - `users`: those who bring a Node's own ways along: test runners, an installed package, programs that load it.
 * - `ways`: how the server goes about things (`startServer` of __tests__/helpers/server.ts, unless it is `STANDARD`).
 * - `once`: none of these. What passes the faces in this process, on its way to something else, is among them, as tools of
 *   others do: where Nodes differ there, `node` compares with each, and `ways` passes them on three. So are a journal's and a
 *   disk's processes: how they end on each Node is the business of `process/`, which is of `node`.
 * - `alone`: a step of their own runs them, for longer than the suite does, or with what isn't always there.
 *
 * What a file and its helpers import and call decides it, so a new one is in a group at once. Without arguments: each file
 * with its groups.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const ALONE =
  /^__tests__\/(ends|interop|differential)\/|^__tests__\/(reliability\/(programs|kills|soak)|kernel\/model|frameworks\/runtimes|serve\/browser)\.test\.ts$/;
/** Whatever they import. */
const OF_NODE =
  /^__tests__\/((node|io|process|integrations)\/|package\/(loading|globals)\.)|equals?-node|certificates/;
/** The last one is answered by what Node brings along of the web. */
const OF_USERS = /^__tests__\/(frameworks\/|package\/(installed|first-use)\.|testing\/fetch\.)/;
/** What processes they start are the filesystem's, and not those of its users. */
const OF_CONTENT = /^__tests__\/((kernel|reliability|semantics|store|tools)\/|cli\/upload-on-terminal\.)/;
/** Documents, plans and counts, whatever processes tell them. */
const OF_TEXTS = /^__tests__\/package\//;
/** What starts the server that its callers say. */
const SERVER_HELPERS = ['__tests__/helpers/server.ts', '__tests__/artifacts/helpers/mounts.ts'];
const STARTS_ANY_SERVER = /\b(?:start|use)(?:Server|Lab)\((?!(\{ \.\.\.)?([A-Z]+_)?STANDARD\b)/;
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g;

const known = new Map();

/** A file's text, and what it imports: files by their paths from the root, packages by their names. */
function read(file) {
  const found = known.get(file);
  if (found) return found;
  const text = readFileSync(join(root, file), 'utf8');
  const imports = [...text.matchAll(IMPORT)].flatMap(([, name]) => {
    if (!name.startsWith('.')) return name;
    const path = posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts');
    return existsSync(join(root, path)) && path.endsWith('.ts') ? path : [];
  });
  known.set(file, { text, imports });
  return known.get(file);
}

/** What a file imports, directly or not. */
function reach(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (file.endsWith('.ts')) for (const next of read(file).imports) reach(next, seen);
  return seen;
}

export function groupsOf(file) {
  if (ALONE.test(file)) return ['alone'];
  const own = [...reach(file)].filter((path) => path.startsWith('__tests__/'));
  const isOfWays = own.some(
    (path) => !SERVER_HELPERS.includes(path) && STARTS_ANY_SERVER.test(read(path).text),
  );
  const isOfNode = OF_NODE.test(file);
  const startsProcesses = own.some((path) => read(path).imports.includes('node:child_process'));
  // The programs of those of W&B's ways are started on the Nodes that meet those.
  const isOfUsers =
    !isOfNode &&
    (OF_USERS.test(file) || (startsProcesses && !isOfWays && !OF_TEXTS.test(file) && !OF_CONTENT.test(file)));
  const groups = [
    ...(isOfNode ? ['node'] : []),
    ...(isOfUsers ? ['users'] : []),
    ...(isOfWays ? ['ways'] : []),
  ];
  return groups.length > 0 ? groups : ['once'];
}

export const testFiles = () =>
  readdirSync(join(root, '__tests__'), { recursive: true })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => `__tests__/${path}`)
    .sort();

export const inGroups = (...groups) =>
  testFiles().filter((file) => groupsOf(file).some((group) => groups.includes(group)));

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const wanted = process.argv.slice(2);
  if (wanted.length > 0) console.log(inGroups(...wanted).join('\n'));
  else for (const file of testFiles()) console.log(`${file} ${groupsOf(file).join(' ')}`);
}
