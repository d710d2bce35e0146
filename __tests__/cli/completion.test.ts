import { execFileSync, spawnSync } from 'node:child_process';
import { COMMANDS } from '../../src/cli/registry.js';
import { wandbFs } from '../helpers/command.js';

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
const scriptFor = async (shell: string) => (await wandbFs(null, ['completion', shell])).stdout;

/** What bash proposes for the last of these words. */
function proposed(script: string, ...words: readonly string[]): readonly string[] {
  const program = `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wandb_fs; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const printed = execFileSync('bash', ['-c', program, 'bash', ...words], { encoding: 'utf8' });
  return printed.split('\n').filter((word) => word !== '');
}

(isInstalled('bash') ? it : it.skip)(
  'bash completes commands and their options (where there is bash)',
  async () => {
    const script = await scriptFor('bash');
    expect(proposed(script, 'wandb-fs', 'do')).toEqual(['doctor']);
    expect(proposed(script, 'wandb-fs', 'ls', '--rec')).toEqual(['--recursive']);
    expect(proposed(script, 'wandb-fs', '')).toEqual(COMMANDS.map(({ name }) => name));
  },
);

it.each(['zsh', 'fish'])(
  '%s is told each command, and takes the script where it is installed',
  async (shell) => {
    const script = await scriptFor(shell);
    for (const { name } of COMMANDS) expect(script).toContain(name);
    if (isInstalled(shell)) expect(spawnSync(shell, ['-n'], { input: script })).toMatchObject({ status: 0 });
  },
);

it('another shell is refused with those that there are', async () => {
  expect(await wandbFs(null, ['completion', 'tcsh'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("bash, zsh, fish; got 'tcsh'"),
  });
});
