/**
 * Writes what Node's own `globSync` finds in the tree of __fixtures__/glob/tree.json: `node scripts/glob-results.mjs`,
 * under the newest Node. The tests hold ours against it on every Node, and Node's own where it knows the options.
 */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directory = join(import.meta.dirname, '../__fixtures__/glob');
const { directories, files, links, cases } = JSON.parse(readFileSync(join(directory, 'tree.json'), 'utf8'));

const top = mkdtempSync(join(tmpdir(), 'wandb-fs-glob-'));
const cwd = join(top, 'left');
for (const path of directories) mkdirSync(join(cwd, path), { recursive: true });
for (const path of files) writeFileSync(join(cwd, path), '');
for (const [path, target] of Object.entries(links)) symlinkSync(target, join(cwd, path));
const results = cases.map(({ pattern, options }) => globSync(pattern, { ...options, cwd }));
rmSync(top, { recursive: true });

const text = results.map((found) => `  ${JSON.stringify(found)}`).join(',\n');
writeFileSync(join(directory, 'results.json'), `[\n${text}\n]\n`);
