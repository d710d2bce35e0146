import type { FakeWandb } from 'wandb-fs/testing';
import { packageRoot, run } from '../helpers/processes.js';

/** A tree of each kind with the file FILE, which holds 'content', and OTHER, which holds 'other'. */
export interface Tree {
  readonly name: string;
  readonly create: 'createWandbFs' | 'createWandbArtifactFs';
  readonly directory: string;
}

export const TREES: readonly Tree[] = [
  { name: 'run files', create: 'createWandbFs', directory: 'team/project/run' },
  { name: 'artifacts', create: 'createWandbArtifactFs', directory: 'team/project/dataset/flowers/v0' },
];

export const FILES = { 'file.txt': 'content', 'other.txt': 'other' };

export async function seedTrees(server: FakeWandb): Promise<void> {
  await server.seed({ 'team/project/run': FILES });
  await server.seedArtifacts({ 'team/project/dataset/flowers': { versions: [{ files: FILES }] } });
}

const CREATES = TREES.map(({ create }) => create).join(', ');
/** What makes the trees, for a program. */
export const importing = `import { ${CREATES} } from 'wandb-fs';`;
export const requiring = `const { ${CREATES} } = require('wandb-fs');`;

/**
 * `fs` over a cold cache, FILE and OTHER, `mount`, which makes another such `fs` with other options, and `codeOf`, which
 * tells how a call failed and how long it took.
 */
export const prelude = ({ create, directory }: Tree, options: object = {}): string => `
  const mount = ${create};
  const fs = mount(${JSON.stringify(options)});
  const [FILE, OTHER] = ['${directory}/file.txt', '${directory}/other.txt'];
  function codeOf(call) {
    const begin = performance.now();
    const told = (code, message) => ({ code, message, ms: performance.now() - begin });
    try { return told('success', String(call())); } catch ({ code, message }) { return told(code, message); }
  }`;

/** Reads of each kind, in a script behind `prelude`, and what they come to. */
export const READS = `[
  fs.readFileSync(FILE, 'utf8'),
  fs.statSync(OTHER).size,
  fs.readdirSync(FILE.slice(0, FILE.lastIndexOf('/'))),
  fs.existsSync(FILE + '.missing'),
  (() => { const fd = fs.openSync(OTHER); const bytes = Buffer.alloc(3); fs.readSync(fd, bytes, 0, 3, 2); fs.closeSync(fd); return String(bytes); })(),
]`;
export const SEEN = ['content', 5, ['file.txt', 'other.txt'], false, 'her'];

/** What a program, which has what makes the trees and must end well, prints as JSON. */
export async function printedBy<T>(
  { url, apiKey }: Pick<FakeWandb, 'url' | 'apiKey'>,
  script: string,
  flags: readonly string[] = [],
): Promise<T> {
  const args = [...flags, '--input-type=module', '--eval', `${importing}\n${script}`];
  const env = { WANDB_BASE_URL: url, WANDB_API_KEY: apiKey };
  const { exitCode, stdout, stderr } = await run(process.execPath, args, { cwd: packageRoot, env });
  if (exitCode !== 0 || stderr !== '') throw new Error(`It ended with ${exitCode}.\n${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

/**
 * Runs a script once for each tree, one after the other in one process that must end well: the start of a process costs
 * more than what the script does. It has what `prelude` has, and tells a value by `tell`.
 *
 * @returns what was told of each tree, in the order of TREES
 */
export function toldByEach<T>(
  server: Pick<FakeWandb, 'url' | 'apiKey'>,
  script: string,
  flags: readonly string[] = [],
): Promise<readonly T[]> {
  const parts = TREES.map(
    (tree) => `await (async (tell) => {\n${prelude(tree)}\n${script}\n})((value) => told.push(value));`,
  );
  const source = `
    const told = [];
    ${parts.join('\n')}
    process.on('exit', () => console.log(JSON.stringify(told)));`;
  return printedBy(server, source, flags);
}
