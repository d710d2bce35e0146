import { join } from 'node:path';
import { packageRoot, run, withoutDeprecations } from '../helpers/processes.js';

const program = join(packageRoot, 'dist/esm/cli/main.js');

describe('wandb-fs demo', () => {
  it('shows each step with the requests that it cost, and ends by itself', async () => {
    const { exitCode, stdout, stderr } = await run(process.execPath, [program, 'demo'], { cwd: packageRoot });
    expect({ exitCode, stderr: withoutDeprecations(stderr) }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}list it all: .* {3}1 GraphQL$/m);
    expect(stdout).toMatch(/^ {2}ask again: .* {3}none$/m);
    expect(stdout).toMatch(/^ {2}look for something outside the mount {3,}none$/m);
  });
});
