import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, run, withoutDeprecations } from '../helpers/processes.js';

const program = join(packageRoot, 'dist/esm/cli/main.js');

describe('wandb-fs demo', () => {
  it('shows each step with the requests that it cost, as README pictures it, and ends by itself', async () => {
    const { exitCode, stdout, stderr } = await run(process.execPath, [program, 'demo'], { cwd: packageRoot });
    expect({ exitCode, stderr: withoutDeprecations(stderr) }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}list it all: .* {3}1 GraphQL$/m);
    expect(stdout).toMatch(/^ {2}ask again: .* {3}none$/m);
    expect(stdout).toMatch(/^ {2}look for something outside the mount {3,}none$/m);

    // README's picture is drawn of it.
    const printed = join(await makeDirectory(), 'demo.txt');
    await writeFile(printed, stdout);
    const drawn = ['scripts/demo-picture.mjs', '--check', printed];
    expect(await run(process.execPath, drawn, { cwd: packageRoot })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  });
});
