import type { FakeWandb } from 'wandb-fs/testing';
import { type Finished, packageRoot, run } from '../helpers/processes.js';

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

const FILES = { 'file.txt': 'content', 'other.txt': 'other' };

export async function seedTrees(server: FakeWandb): Promise<void> {
  await server.seed({ 'team/project/run': FILES });
  await server.seedArtifacts({ 'team/project/dataset/flowers': { versions: [{ files: FILES }] } });
}

const environmentOf = ({ url, apiKey }: Pick<FakeWandb, 'url' | 'apiKey'>) => ({
  WANDB_BASE_URL: url,
  WANDB_API_KEY: apiKey,
});

/** `fs` over a cold cache, FILE and OTHER, and `codeOf`, which tells how a call failed and how long it took. */
export const prelude = (
  { create, directory }: Tree,
  options: Readonly<Record<string, unknown>> = {},
): string => `
  const fs = ${create}(${JSON.stringify(options)});
  const [FILE, OTHER] = ['${directory}/file.txt', '${directory}/other.txt'];
  function codeOf(call) {
    const begin = performance.now();
    const told = (code, message) => ({ code, message, ms: performance.now() - begin });
    try { return told('success', String(call())); } catch ({ code, message }) { return told(code, message); }
  }`;

/** Runs a script with `fs` in a process of its own. */
export function runWithTree(
  server: Pick<FakeWandb, 'url' | 'apiKey'>,
  tree: Tree,
  script: string,
  {
    options = {},
    flags = [],
  }: { options?: Readonly<Record<string, unknown>>; flags?: readonly string[] } = {},
): Promise<Finished> {
  const source = `import { ${tree.create} } from 'wandb-fs';\n${prelude(tree, options)}\n${script}`;
  return run(process.execPath, [...flags, '--input-type=module', '--eval', source], {
    cwd: packageRoot,
    env: environmentOf(server),
  });
}

/**
 * Runs a script once for each tree, one after the other in one process that must end well: the start of a process costs
 * more than what the script does. It has `fs` as in `runWithTree`, and tells a value by `tell`.
 *
 * @returns what was told of each tree, in the order of TREES
 */
export async function toldByEach<T>(
  server: Pick<FakeWandb, 'url' | 'apiKey'>,
  script: string,
  {
    options = {},
    flags = [],
  }: { options?: Readonly<Record<string, unknown>>; flags?: readonly string[] } = {},
): Promise<readonly T[]> {
  const parts = TREES.map(
    (tree) =>
      `await (async (tell) => {\n${prelude(tree, options)}\n${script}\n})((value) => told.push(value));`,
  );
  const source = `
    import { ${TREES.map(({ create }) => create).join(', ')} } from 'wandb-fs';
    const told = [];
    ${parts.join('\n')}
    process.on('exit', () => console.log(JSON.stringify(told)));`;
  const { exitCode, stdout, stderr } = await run(
    process.execPath,
    [...flags, '--input-type=module', '--eval', source],
    { cwd: packageRoot, env: environmentOf(server) },
  );
  if (exitCode !== 0 || stderr !== '') throw new Error(`It ended with ${exitCode}.\n${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}
