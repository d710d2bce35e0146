import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, run } from '../helpers/processes.js';
import { once } from './once.js';
import { FILES, importing, prelude, READS, requiring, SEEN, TREES, type Tree } from './trees.js';

const files = JSON.stringify(FILES);
const inTest = (tree: Tree): string => `
  test(${JSON.stringify(tree.name)}, async () => {
    const wandb = await startFakeWandb();
    await wandb.seed({ 'team/project/run': ${files} });
    await wandb.seedArtifacts({ 'team/project/dataset/flowers': { versions: [{ files: ${files} }] } });
    process.env.WANDB_BASE_URL = wandb.url;
    process.env.WANDB_API_KEY = wandb.apiKey;
    ${prelude(tree)}
    expect(${READS}).toEqual(${JSON.stringify(SEEN)});
    expect(codeOf(() => fs.readFileSync(FILE + '.missing'))).toMatchObject({ code: 'ENOENT' });
    await fs.wandb.close();
    await wandb.close();
  });`;

async function runJest(suffix: string, flags: readonly string[], imports: string) {
  const directory = await makeDirectory();
  await writeFile(join(directory, `cold.${suffix}`), `${imports}\n${TREES.map(inTest).join('\n')}`);
  await writeFile(join(directory, 'package.json'), '{ "private": true }');
  await mkdir(join(directory, 'node_modules'));
  await symlink(packageRoot, join(directory, 'node_modules/wandb-fs'));
  const jest = join(packageRoot, 'node_modules/jest/bin/jest.js');
  // Nothing of an installed package is transformed; this one is only linked.
  const options = ['--rootDir', directory, '--testMatch', `**/cold.${suffix}`, '--transform', '{}'];
  const args = [...flags, jest, '--verbose', ...options];
  return run(process.execPath, args, { cwd: directory });
}

/** Runs of Jest whose tests read each tree when nothing is known of it yet, as both kinds of modules. */
export const inJest = {
  CommonJS: once(() =>
    runJest('test.js', [], `${requiring}\nconst { startFakeWandb } = require('wandb-fs/testing');`),
  ),
  ESM: once(() =>
    runJest(
      'test.mjs',
      ['--experimental-vm-modules', '--no-warnings'],
      `${importing}\nimport { startFakeWandb } from 'wandb-fs/testing';`,
    ),
  ),
};
