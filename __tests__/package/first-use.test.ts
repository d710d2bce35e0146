import { copyFileSync, cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { blocksOf } from '../helpers/pages.js';
import { packageRoot, run } from '../helpers/processes.js';

const INSTALL = 'npm ci && npm run build\n';

test("the first use of README.md works in a clone that was installed and built, from the page's own words", async () => {
  const [block] = blocksOf('README.md').filter(({ mark }) => mark?.value === 'package/first-use');
  if (!block?.code.startsWith(INSTALL))
    throw new Error(`README.md has a first use that begins with '${INSTALL}'.`);
  const clone = await makeDirectory();
  copyFileSync(join(packageRoot, 'package.json'), join(clone, 'package.json'));
  cpSync(join(packageRoot, 'examples/first-use'), join(clone, 'examples/first-use'), { recursive: true });
  // What these two commands make.
  for (const name of ['node_modules', 'dist']) symlinkSync(join(packageRoot, name), join(clone, name));
  const commands = block.code.slice(INSTALL.length);
  // The journal of whoever runs this is theirs.
  const env = { WANDB_FS_JOURNAL: join(clone, 'journal') };
  const ended = await run('bash', ['-c', `set -euo pipefail\n${commands}`], { cwd: clone, env });
  expect(ended).toEqual({ exitCode: 0, stdout: block.output, stderr: expect.any(String) });
}, 60_000);
