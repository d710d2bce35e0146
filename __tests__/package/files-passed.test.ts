import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../helpers/processes.js';

test('a cold readFile passes at most 50 files, and a warm one at most 18', () => {
  const script = join(packageRoot, 'scripts/files-passed.mjs');
  const args = [script, '--list', '--most-cold', '50', '--most-warm', '18'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stderr: stderr && `${stderr}\n${stdout}` }).toEqual({ status: 0, stderr: '' });
});
